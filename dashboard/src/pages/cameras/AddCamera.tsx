import { useState } from "preact/hooks";
import { createCamera } from "../../api";
import { go, to } from "../../state/route";
import { t } from "../../strings";
import { DialogForm } from "../../ui/forms/DialogForm";
import { NameField } from "../../ui/forms/NameField";
import { shownKey } from "./shownKey";

/** A new camera: what it is called, where it is; then its key. */
export function AddCamera({ onClose }: { onClose: () => void }) {
  const words = t().cameras.create;
  const [name, setName] = useState("");
  const [location, setLocation] = useState("");
  const [address, setAddress] = useState("");

  async function add() {
    const fields = { name: name.trim(), location: location.trim(), ipAddress: address.trim() };
    const { camera, key } = await createCamera(fields);
    shownKey.value = { id: camera.id, key };
    go(to("cameras", camera.id), true);
  }

  return (
    <DialogForm title={words.title} submit={words.submit} onSubmit={add} onClose={onClose}>
      <NameField label={words.name} hint={words.nameHint} value={name} onInput={setName} />
      <label class="field">
        {words.location}
        <input
          class="input"
          maxLength={100}
          dir="auto"
          value={location}
          onInput={(event) => setLocation(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        {words.address}
        <input
          class="input"
          inputMode="decimal"
          value={address}
          onInput={(event) => setAddress(event.currentTarget.value)}
        />
        <span class="hint soft small">{words.addressHint}</span>
      </label>
    </DialogForm>
  );
}
