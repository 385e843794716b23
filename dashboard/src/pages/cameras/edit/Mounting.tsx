import type { CameraFields } from "../../../api";
import type { Camera } from "../../../documents";
import { t } from "../../../strings";
import { SavedField } from "../../../ui/SavedField";
import { Switch } from "../../../ui/Switch";

const ROTATIONS = ["0", "90", "180", "270"];
const FOV = 66;

/** How the camera hangs, and whether it turns towards faces. */
export function Mounting({
  camera,
  save,
}: {
  camera: Camera;
  save: (fields: CameraFields) => Promise<void>;
}) {
  const words = t().cameras.edit;
  const hint = camera.rotationHint;
  return (
    <>
      {hint !== null && hint !== undefined && (
        <p class="badge strange block row wrap">
          <span class="grow">{words.rotationHint(words.rotations[hint] ?? String(hint))}</span>
          <button type="button" class="button" onClick={() => save({ rotation: hint }).catch(() => {})}>
            {words.rotationTake}
          </button>
        </p>
      )}
      <label class="field">
        {words.rotation}
        <select
          class="input"
          value={String(camera.rotation ?? 0)}
          onChange={(event) => save({ rotation: Number(event.currentTarget.value) }).catch(() => {})}
        >
          {ROTATIONS.map((degrees) => (
            <option value={degrees} key={degrees}>
              {words.rotations[degrees]}
            </option>
          ))}
        </select>
      </label>
      <Switch
        label={words.follow}
        hint={words.followHint}
        on={camera.follow ?? false}
        onChange={(follow) => save({ follow })}
      />
      <SavedField
        label={words.fov}
        type="number"
        min={1}
        max={179}
        placeholder={String(FOV)}
        value={camera.fov ? String(camera.fov) : ""}
        onSave={(degrees) => save({ fov: degrees === "" ? null : Number(degrees) })}
      />
    </>
  );
}
