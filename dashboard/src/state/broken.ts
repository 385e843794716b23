/** Whether Firebase's own code gave up in this page: only loading it again helps. */
import { signal } from "@preact/signals";
import { isBreakage } from "../firebase/breakage";

export const broken = signal(false);

/** Takes note where an error is one of that kind. */
export function notice(error: unknown): void {
  if (isBreakage(error)) broken.value = true;
}

// it is thrown where nobody waits for it
addEventListener("error", (event) => notice(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => notice(event.reason));
