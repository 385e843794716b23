/** Who looks at this page, and whether there is a network. */
import { computed, signal } from "@preact/signals";
import { type User, watchUser } from "../firebase/session";

/** undefined: not known yet; null: nobody is signed in. */
export const user = signal<User | null | undefined>(undefined);
export const startFailed = signal(false);
export const online = signal(navigator.onLine);
export const isOwner = computed(() => user.value?.role === "owner");

export function startSession(): void {
  startFailed.value = false;
  watchUser((found) => {
    const before = user.peek();
    const same = before?.uid === found?.uid && before?.role === found?.role;
    if (before === undefined || !same) user.value = found;
  }).catch(() => {
    startFailed.value = true;
  });
}

addEventListener("online", () => {
  online.value = true;
});
addEventListener("offline", () => {
  online.value = false;
});
