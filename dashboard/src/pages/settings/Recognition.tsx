import type { Site } from "../../documents";
import { t } from "../../strings";
import { SavedField } from "../../ui/SavedField";
import { SeparationPicture } from "./SeparationPicture";
import type { Save } from "./SettingsPage";

/** How near a face must be to be known; what that means for one's own people is shown beside it. */
export function Recognition({ site, save }: { site: Site; save: Save }) {
  const words = t().settings;
  return (
    <section class="card stack">
      <h2>{words.recognition}</h2>
      <SeparationPicture
        threshold={site.threshold ?? null}
        onThreshold={(threshold) => save({ threshold })}
      />
      <SavedField
        label={words.threshold}
        type="number"
        min={0}
        max={2}
        step={0.01}
        placeholder={words.thresholdDefault}
        hint={words.thresholdHint}
        value={site.threshold === undefined || site.threshold === null ? "" : String(site.threshold)}
        onSave={(text) => save({ threshold: text === "" ? null : Number(text) })}
      />
      <SavedField
        label={words.margin}
        type="number"
        min={0}
        max={1}
        step={0.01}
        placeholder="0.05"
        hint={words.marginHint}
        value={site.margin === undefined ? "" : String(site.margin)}
        onSave={(text) => save({ margin: text === "" ? 0.05 : Number(text) })}
      />
    </section>
  );
}
