import { t } from "../../strings";

/** Reasons by which a frame makes an alert are no part of this. */
const ALERTS = new Set(["known", "unknown"]);

/** Frames that made no alert, by reason, and what to do about each. */
export function Reasons({ reasons }: { reasons: Record<string, number> }) {
  const words = t().statistics;
  const rows = Object.entries(reasons)
    .filter(([reason, count]) => count > 0 && !ALERTS.has(reason))
    .sort(([, one], [, other]) => other - one);
  return (
    <section class="card stack">
      <h2>{words.reasons}</h2>
      <p class="soft">{words.reasonsHint}</p>
      {rows.length === 0 && <p class="soft">{words.nothing}</p>}
      <ul class="visits stack">
        {rows.map(([reason, count]) => (
          <li class="row" key={reason}>
            <b class="count">{count}</b>
            <span>{words.todo[reason] ?? reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
