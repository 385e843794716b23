/**
 * Calls `listener` when the page may be left. It is told twice: while the page still has all its time, and, where no
 * `beforeunload` comes (a phone's browser that is closed), as it goes. A slow device may not get round to the second.
 */
export function onLeaving(listener: () => void): void {
  addEventListener("beforeunload", listener);
  addEventListener("pagehide", listener);
}
