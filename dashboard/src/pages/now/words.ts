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
  if (alert.confidence >= 0.95) return words.certain;
  return alert.confidence >= 0.75 ? words.likely : words.unsure;
}

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
