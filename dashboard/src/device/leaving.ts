/**
 * Calls `listener` when the page may be left. It is told twice: while the page still has all its time, and, where no
 * `beforeunload` comes (a phone's browser that is closed), as it goes. A slow device may not get round to the second.
 */
export function onLeaving(listener: () => void): void {
  addEventListener("beforeunload", listener);
  addEventListener("pagehide", listener);
}

/** Wakes the service worker, for half a minute: one that rests loses what a page sends as it goes. */
export function mayLeave(): void {
  navigator.serviceWorker?.controller?.postMessage("awake");
}
