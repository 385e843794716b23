/** Whether somebody has chosen, in this browser, how to be told: the last of the first steps. */
import { signal } from "@preact/signals";

const KEY = "lookout.told";

function remembered(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

export const told = signal(remembered());

/** A test has arrived, or none is wanted. */
export function rememberTold(): void {
  told.value = true;
  try {
    localStorage.setItem(KEY, "1");
  } catch {
    // it lasts as long as the page
  }
}
