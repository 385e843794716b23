import { useEffect, useState } from "preact/hooks";
import { type CameraFields, changeCamera, newKey, removeCamera } from "../../../api";
import type { Camera, Treatment } from "../../../documents";
import { agents } from "../../../state/house";
import { go, to } from "../../../state/route";
import { fail, show } from "../../../state/toasts";
import { t } from "../../../strings";
import { Confirm } from "../../../ui/Confirm";
import { SavedField } from "../../../ui/SavedField";
import { Switch } from "../../../ui/Switch";
import { shownKey } from "../shownKey";
import { Mounting } from "./Mounting";
import { OwnCommands } from "./OwnCommands";

const TREATMENTS: Treatment[] = ["tell", "record", "ignore"];

/** Beside the firmwares that the agent knows: templates of one's own. */
const OWN = "own";

/** Everything that may be set for one camera; each change is saved as it is made. */
export function EditCamera({ camera }: { camera: Camera }) {
  const words = t().cameras.edit;
  const create = t().cameras.create;
  const [asking, setAsking] = useState<"key" | "remove" | null>(null);

  async function save(fields: CameraFields) {
    try {
      await changeCamera(camera.id, fields);
      show({ kind: "done", text: t().saved });
    } catch (error) {
      fail(error);
      throw error;
    }
  }

  async function renew() {
    setAsking(null);
    try {
      shownKey.value = { id: camera.id, key: (await newKey(camera.id)).key };
    } catch (error) {
      fail(error);
    }
  }

  async function remove() {
    setAsking(null);
    try {
      await removeCamera(camera.id);
      go(to("cameras"), true);
      show({ kind: "done", text: words.removed });
    } catch (error) {
      fail(error);
    }
  }

  const firmware = typeof camera.commandMap === "object" ? OWN : (camera.commandMap ?? "camerawebserver");
  // chosen, but without a path yet: nothing of it is stored
  const [isOwn, setIsOwn] = useState(firmware === OWN);
  useEffect(() => setIsOwn(firmware === OWN), [firmware]);
  const select = (
    label: string,
    value: string,
    options: [string, string][],
    onValue: (value: string) => void,
  ) => (
    <label class="field">
      {label}
      <select class="input" value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {options.map(([key, text]) => (
          <option value={key} key={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
  const treatments: [string, string][] = [
    ["", words.asSite],
    ...TREATMENTS.map((one): [string, string] => [one, t().settings.treatments[one] ?? one]),
  ];
  const known = (agents.value.value ?? []).map((agent): [string, string] => [agent.id, agent.id]);
  const chosen: [string, string][] =
    camera.agentId && !known.some(([id]) => id === camera.agentId) ? [[camera.agentId, camera.agentId]] : [];
  return (
    <section class="card stack">
      <h2>{words.title}</h2>
      <SavedField label={create.name} value={camera.name} required onSave={(name) => save({ name })} />
      <SavedField label={create.location} value={camera.location} onSave={(location) => save({ location })} />
      <SavedField
        label={create.address}
        value={camera.ipAddress}
        onSave={(ipAddress) => save({ ipAddress })}
      />
      {select(words.agentId, camera.agentId ?? "", [["", words.noAgent], ...known, ...chosen], (agentId) =>
        save({ agentId }).catch(() => {}),
      )}
      {select(
        words.firmware,
        isOwn ? OWN : firmware,
        [...Object.entries(words.firmwares), [OWN, words.ownTemplates]],
        (commandMap) => {
          setIsOwn(commandMap === OWN);
          if (commandMap !== OWN) save({ commandMap }).catch(() => {});
        },
      )}
      {isOwn && <OwnCommands camera={camera} save={save} />}
      {select(
        words.armed,
        camera.armed === true ? "yes" : camera.armed === false ? "no" : "",
        [
          ["", words.asSite],
          ["yes", words.yes],
          ["no", words.no],
        ],
        (armed) => save({ armed: armed === "" ? null : armed === "yes" }).catch(() => {}),
      )}
      {select(words.known, camera.known ?? "", treatments, (known) =>
        save({ known: (known || null) as Treatment | null }).catch(() => {}),
      )}
      {select(words.unknown, camera.unknown ?? "", treatments, (unknown) =>
        save({ unknown: (unknown || null) as Treatment | null }).catch(() => {}),
      )}
      <SavedField
        label={words.visitSeconds}
        type="number"
        min={1}
        max={86400}
        value={camera.visitSeconds ? String(camera.visitSeconds) : ""}
        placeholder={words.asSite}
        onSave={(seconds) => save({ visitSeconds: seconds === "" ? null : Number(seconds) })}
      />
      <Switch
        label={words.enabled}
        hint={words.enabledHint}
        on={camera.status !== "disabled"}
        onChange={(on) => save({ status: on ? "active" : "disabled" })}
      />
      <Mounting camera={camera} save={save} />
      <div class="row wrap">
        <button type="button" class="button" onClick={() => setAsking("key")}>
          {words.newKey}
        </button>
        <button type="button" class="button bad" onClick={() => setAsking("remove")}>
          {words.remove}
        </button>
      </div>
      {asking === "key" && (
        <Confirm title={words.newKey} text={words.newKeyAsk} onYes={renew} onClose={() => setAsking(null)} />
      )}
      {asking === "remove" && (
        <Confirm
          title={words.remove}
          text={words.removeAsk(camera.name)}
          onYes={remove}
          onClose={() => setAsking(null)}
          bad
        />
      )}
    </section>
  );
}
