import type { Hours, Site } from "../../documents";
import { zone, zoneIsKnown } from "../../state/time";
import { t } from "../../strings";
import { SavedField } from "../../ui/SavedField";
import { Switch } from "../../ui/Switch";
import type { Save } from "./SettingsPage";

const NIGHT: Hours = { from: "22:00", to: "06:00" };
const ZONES = "supportedValuesOf" in Intl ? Intl.supportedValuesOf("timeZone") : [];

/** Armed or not, within which hours, and in which zone they count. */
export function When({ site, save }: { site: Site; save: Save }) {
  const words = t().settings;
  return (
    <section class="card stack">
      <Switch
        label={words.armed}
        hint={words.armedHint}
        on={site.armed ?? true}
        onChange={(armed) => save({ armed })}
      />
      <HoursField
        label={words.armedHours}
        hours={site.armedHours ?? null}
        onHours={(armedHours) => save({ armedHours })}
      />
      <HoursField
        label={words.quietHours}
        hours={site.quietHours ?? null}
        onHours={(quietHours) => save({ quietHours })}
      />
      <label class="field">
        {words.zone}
        <select
          class="input"
          value={site.timezone ?? (zoneIsKnown.value ? zone.value : "")}
          onChange={(event) => save({ timezone: event.currentTarget.value }).catch(() => {})}
        >
          {!site.timezone && !zoneIsKnown.value && <option value="">…</option>}
          {["UTC", ...ZONES.filter((zone) => zone !== "UTC")].map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </select>
      </label>
      <h3>{words.visits}</h3>
      <SavedField
        label={words.visitSeconds}
        type="number"
        min={1}
        max={86400}
        placeholder="120"
        value={site.visitSeconds ? String(site.visitSeconds) : ""}
        onSave={(seconds) => save({ visitSeconds: seconds === "" ? undefined : Number(seconds) })}
      />
      <SavedField
        label={words.retentionDays}
        type="number"
        min={1}
        max={3650}
        placeholder="30"
        value={site.retentionDays ? String(site.retentionDays) : ""}
        onSave={(days) => save({ retentionDays: days === "" ? undefined : Number(days) })}
      />
    </section>
  );
}

interface HoursProps {
  label: string;
  hours: Hours | null;
  onHours: (hours: Hours | null) => Promise<void>;
}

function HoursField({ label, hours, onHours }: HoursProps) {
  const words = t().settings;
  const time = (name: "from" | "to") => (
    <label class="field grow">
      {words[name]}
      <input
        class="input"
        type="time"
        required
        value={hours?.[name] ?? ""}
        onChange={(event) => {
          const next = { ...(hours ?? NIGHT), [name]: event.currentTarget.value };
          if (next.from && next.to && next.from !== next.to) onHours(next).catch(() => {});
        }}
      />
    </label>
  );
  return (
    <div class="stack">
      <Switch label={label} on={hours !== null} onChange={(on) => onHours(on ? NIGHT : null)} />
      {hours && (
        <div class="row">
          {time("from")}
          {time("to")}
        </div>
      )}
    </div>
  );
}
