/** How an alert is spoken of. */
import type { Alert } from "../../documents";
import { clock, lasted } from "../../state/time";
import { t } from "../../strings";

export function whoIs(alert: Alert): string {
  if (alert.isKnown) return alert.person;
  const [one, other] = alert.candidates ?? [];
  if (alert.reason === "ambiguous" && one && other) return t().now.either(one.person, other.person);
  return t().now.stranger;
}

/** How sure the recognition is, in words: of somebody known that it is them, of a stranger that it is nobody. */
export function howSure(alert: Alert): string {
  const words = t().now.sure;
  if (!alert.isKnown) return alert.reason === "ambiguous" ? words.unsure : words.stranger;
  // the recognition itself names nobody at less than even odds: an owner did, maybe by naming a stranger
  if (alert.confidence < EVEN) return words.corrected;
  const sure =
    alert.confidence >= CERTAIN ? words.certain : alert.confidence >= LIKELY ? words.likely : words.unsure;
  return `${sure} (${percent(alert.confidence)})`;
}

/** Whether it is likelier than not that somebody held up a photo. */
export function mayBePhoto({ spoof }: Alert): boolean {
  return spoof != null && spoof > EVEN;
}

const EVEN = 0.5;
const LIKELY = 0.75;
const CERTAIN = 0.95;

export function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

/** Shorter than this, a visit has no length worth telling. */
const MOMENT_MILLISECONDS = 5_000;

/** Since when, how long, in how many frames. */
export function whenSeen({ firstSeenAt, lastSeenAt, frames }: Alert): string {
  const words = t().now;
  const from = clock(firstSeenAt);
  const isMoment = lastSeenAt.getTime() - firstSeenAt.getTime() < MOMENT_MILLISECONDS;
  const when = isMoment ? from : words.since(from, lasted(firstSeenAt, lastSeenAt));
  return `${when} · ${words.frames(frames)}`;
}
