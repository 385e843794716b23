import type { Site } from "../../documents";
import { to } from "../../state/route";
import { t } from "../../strings";
import { SavedField } from "../../ui/SavedField";
import type { Save } from "./SettingsPage";

type Field = "idleSeconds" | "cameraFramesPerDay" | "siteFramesPerDay";

const FIELDS: [Field, number, number, number][] = [
  ["idleSeconds", 1, 120, 5],
  ["cameraFramesPerDay", 100, 10_000_000, 100_000],
  ["siteFramesPerDay", 100, 100_000_000, 300_000],
];

/** How often cameras post, and how many frames a day may cost. */
export function Frames({ site, save }: { site: Site; save: Save }) {
  const words = t().settings.frames;
  return (
    <section class="card stack">
      <h2>{words.title}</h2>
      <a href={to("status")}>{t().status.title}</a>
      {FIELDS.map(([field, min, max, usual]) => (
        <SavedField
          key={field}
          label={words[field]}
          type="number"
          min={min}
          max={max}
          placeholder={String(usual)}
          hint={words.hints[field]}
          value={site[field] ? String(site[field]) : ""}
          onSave={(text) => save({ [field]: text === "" ? usual : Number(text) })}
        />
      ))}
    </section>
  );
}
