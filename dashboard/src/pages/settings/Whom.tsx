import type { Site, Treatment } from "../../documents";
import { t } from "../../strings";
import type { Save } from "./SettingsPage";

const TREATMENTS: Treatment[] = ["tell", "record", "ignore"];

/** What becomes of known people and of strangers. */
export function Whom({ site, save }: { site: Site; save: Save }) {
  const words = t().settings;
  return (
    <section class="card stack">
      <h2>{words.whom}</h2>
      {(["known", "unknown"] as const).map((whom) => (
        <fieldset class="choice-row" key={whom}>
          <legend>{words[whom]}</legend>
          {TREATMENTS.map((treatment) => (
            <label class="chip" key={treatment}>
              <input
                type="radio"
                name={whom}
                checked={(site[whom] ?? "tell") === treatment}
                onChange={() => save({ [whom]: treatment }).catch(() => {})}
              />
              {words.treatments[treatment]}
            </label>
          ))}
        </fieldset>
      ))}
    </section>
  );
}
