/** Whether the stores answer this page, and whether Firebase's own code gave up in it: then only loading it again helps. */
import { signal } from "@preact/signals";
import { isBreakage } from "../firebase/breakage";
import { watchReach } from "../firebase/reach";

export const broken = signal(false);

/** Takes note where an error is one of that kind. */
export function notice(error: unknown): void {
  if (isBreakage(error)) broken.value = true;
}

// it is thrown where nobody waits for it
addEventListener("error", (event) => notice(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => notice(event.reason));

/** Whether the stores answer: a network may be there that leads nowhere. */
export const reached = signal(true);

/** A listener that begins may tell first of what was there before. */
const PATIENCE_MILLISECONDS = 4_000;

let patience: ReturnType<typeof setTimeout> | undefined;

watchReach((isReached) => {
  clearTimeout(patience);
  if (isReached) reached.value = true;
  else {
    patience = setTimeout(() => {
      reached.value = false;
    }, PATIENCE_MILLISECONDS);
  }
});
