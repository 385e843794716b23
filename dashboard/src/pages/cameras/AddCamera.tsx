import { useState } from "preact/hooks";
import { createCamera } from "../../api";
import { go, to } from "../../state/route";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Dialog } from "../../ui/Dialog";
import { shownKey } from "./shownKey";

/** A new camera: what it is called, where it is; then its key. */
export function AddCamera({ onClose }: { onClose: () => void }) {
  const words = t().cameras.create;
  const [name, setName] = useState("");
  const [location, setLocation] = useState("");
  const [address, setAddress] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      const fields = { name: name.trim(), location: location.trim(), ipAddress: address.trim() };
      const { camera, key } = await createCamera(fields);
      shownKey.value = { id: camera.id, key };
      go(to("cameras", camera.id), true);
    } catch (error) {
      setProblem(inWords(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title={words.title} onClose={onClose} routed>
      <form class="stack" onSubmit={submit}>
        <label class="field">
          {words.name}
          <input
            class="input"
            required
            maxLength={100}
            pattern=".*\S.*"
            dir="auto"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <span class="hint soft small">{words.nameHint}</span>
        </label>
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
        {problem && <p class="badge bad block">{problem}</p>}
        <div class="row">
          <button type="button" class="button" onClick={onClose}>
            {t().cancel}
          </button>
          <button type="submit" class="button main grow" disabled={busy}>
            {busy ? t().loading : words.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
