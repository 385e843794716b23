/** How an alert is spoken of. */
import type { Alert, Candidate } from "../../documents";
import { clock, lasted } from "../../state/time";
import { t } from "../../strings";

export function whoIs(alert: Alert): string {
  if (alert.isKnown) return alert.person;
  const [one, other] = alert.candidates ?? [];
  if (alert.reason === "ambiguous" && one && other) return t().now.either(one.person, other.person);
  return t().now.stranger;
}

/** The two between whom it is to be said who it was; nobody where that is no question. */
export function candidatesOf(alert: Alert): Candidate[] {
  return !alert.isKnown && alert.reason === "ambiguous" ? alert.candidates.slice(0, 2) : [];
}

/** How sure the recognition is, in words: of somebody known that it is them, of a stranger that it is nobody. */
export function howSure(alert: Alert): string {
  const words = t().now.sure;
  if (!alert.isKnown) {
    if (alert.reason === "ambiguous") return words.unsure;
    // likelier somebody known than not: an owner said that it is not
    const isOpen = alert.confidence < EVEN;
    return isOpen ? `${words.stranger} (${nearly(1 - alert.confidence)})` : words.stranger;
  }
  // the recognition itself names nobody at less than even odds: an owner did, maybe by naming a stranger
  if (alert.confidence < EVEN) return words.corrected;
  const sure =
    alert.confidence >= CERTAIN ? words.certain : alert.confidence >= LIKELY ? words.likely : words.unsure;
  return `${sure} (${nearly(alert.confidence)})`;
}

/** Whether it is likelier than not that somebody held up a photo. */
export function mayBePhoto({ spoof }: Alert): boolean {
  return spoof != null && spoof > EVEN;
}

const EVEN = 0.5;
const LIKELY = 0.75;
const CERTAIN = 0.95;
const ALMOST = 0.99;

/** The number and its sign stay on one line. */
export function percent(part: number): string {
  return `${Math.round(part * 100)}\u00a0%`;
}

/** A recognition is never wholly sure. */
function nearly(part: number): string {
  return part > ALMOST ? `> ${percent(ALMOST)}` : percent(part);
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
