/** Where alerts come in a list whose order must not change under the reader's finger. */
import type { Alert } from "../documents";

/** Puts what a page says into the list: who is there is changed in place, who is not comes in by its time. */
export function placed(list: Alert[], page: Alert[]): Alert[] {
  const found = new Map(page.map((alert) => [alert.id, alert]));
  const kept = list.map((alert) => found.get(alert.id) ?? alert);
  const there = new Set(list.map((alert) => alert.id));
  for (const alert of page) {
    if (there.has(alert.id)) continue;
    const index = kept.findIndex(
      (one) => one.firstSeenAt < alert.firstSeenAt && one.lastSeenAt < alert.lastSeenAt,
    );
    kept.splice(index < 0 ? kept.length : index, 0, alert);
  }
  return kept;
}
