import type { Site } from "../../../documents";
import { changeSite } from "../../../firebase/house";
import { reversible } from "../../../state/toasts";
import { decimal, t } from "../../../strings";
import { SavedField } from "../../../ui/SavedField";
import type { Save } from "../SettingsPage";
import { SeparationPicture } from "./SeparationPicture";

/** How near a face must be to be known; what that means for one's own people is shown beside it. */
export function Recognition({ site, save }: { site: Site; save: Save }) {
  const words = t().settings;
  const before = site.threshold ?? null;

  function chooseThreshold(threshold: number) {
    return reversible(words.separation.saved(decimal(threshold)), async () => {
      await changeSite({ threshold });
      return () => changeSite({ threshold: before });
    });
  }

  return (
    <section class="card stack">
      <h2>{words.recognition}</h2>
      <SeparationPicture
        threshold={numeric(site.threshold)}
        margin={numeric(site.margin)}
        onThreshold={chooseThreshold}
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
        onSave={(text) => save({ margin: text === "" ? undefined : Number(text) })}
      />
    </section>
  );
}

/** Programs write numbers as texts too. */
function numeric(value: unknown): number | null {
  const number = value === null || value === undefined || value === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}
