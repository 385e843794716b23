import { MapPin, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { changeCamera } from "../../api";
import type { Camera } from "../../documents";
import type { Place } from "../../domain/cameras";
import { fail } from "../../state/toasts";
import { t } from "../../strings";

/** As many as the server keeps of one camera. */
const MOST = 12;

interface Props {
  camera: Camera;
  /** Where it looks now. */
  place: Place;
  onGo: (place: Place) => void;
}

/** Places that have a name, to return to. */
export function Presets({ camera, place, onGo }: Props) {
  const words = t().cameras.steer;
  const [name, setName] = useState("");
  const presets = camera.presets ?? {};

  async function save(next: Record<string, Place>) {
    try {
      await changeCamera(camera.id, { presets: next });
      setName("");
    } catch (error) {
      fail(error);
    }
  }

  return (
    <div class="stack">
      <h3>{words.presets}</h3>
      <div class="row wrap">
        {Object.entries(presets).map(([called, there]) => (
          <span class="row tight" key={called}>
            <button type="button" class="button" onClick={() => onGo(there)}>
              <MapPin size={18} aria-hidden="true" /> <span dir="auto">{called}</span>
            </button>
            <button
              type="button"
              class="button round plain"
              aria-label={words.dropPreset(called)}
              onClick={() => {
                const { [called]: _, ...rest } = presets;
                void save(rest);
              }}
            >
              <X size={18} aria-hidden="true" />
            </button>
          </span>
        ))}
        {Object.keys(presets).length === 0 && <span class="soft small">{words.noPresets}</span>}
      </div>
      {Object.keys(presets).length < MOST && (
        <form
          class="row wrap"
          onSubmit={(event) => {
            event.preventDefault();
            void save({ ...presets, [name.trim()]: place });
          }}
        >
          <input
            class="input"
            required
            maxLength={40}
            pattern=".*\S.*"
            dir="auto"
            placeholder={words.presetName}
            aria-label={words.presetName}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit" class="button">
            {words.keep}
          </button>
        </form>
      )}
    </div>
  );
}
