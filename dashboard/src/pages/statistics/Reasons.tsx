import type { Counts } from "../../reports";
import { t } from "../../strings";

/** Reasons by which a frame makes an alert are no part of this. */
const ALERTS = new Set(["known", "unknown"]);

interface Props {
  counts: Counts;
  /** What stands where there are none. */
  nothing: string;
}

/** Frames that made no alert, by reason: at which cameras, and what to do about each. */
export function Reasons({ counts, nothing }: Props) {
  const words = t().statistics;
  const rows = Object.entries(counts.reasons)
    .filter(([reason, count]) => count > 0 && !ALERTS.has(reason))
    .sort(([, one], [, other]) => other - one);
  const where = (reason: string) =>
    counts.by_camera
      .map((camera) => ({ name: camera.name, count: camera.reasons[reason] ?? 0 }))
      .filter((one) => one.count > 0)
      .sort((one, other) => other.count - one.count);
  return (
    <section class="card stack">
      <h2>{words.reasons}</h2>
      <p class="soft">{words.reasonsHint}</p>
      {rows.length === 0 && <p class="soft">{nothing}</p>}
      <ul class="visits stack">
        {rows.map(([reason, count]) => (
          <li class="row" key={reason}>
            <b class="count">{count}</b>
            <span>
              {words.todo[reason] ?? reason}
              <br />
              <span class="soft small" dir="auto">
                {where(reason)
                  .map((one) => words.at(one.name, one.count))
                  .join(", ")}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
