/** Signals that listen to the stores only while somebody looks at them. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { OnFailure, StoreError, Unsubscribe } from "../firebase/store";
import { user } from "./session";

/** `value` is undefined until the first answer, and stays what it was when the listener fails. */
export interface Live<T> {
  value: T | undefined;
  error: StoreError | null;
}

/** Going back and forth between pages must not read everything anew. */
const LINGER_MILLISECONDS = 120_000;

const restarts = new Set<() => void>();

type Start<T> = (onValue: (value: T) => void, onFailure: OnFailure) => Unsubscribe;

/** A signal of what `start` listens to. */
export function live<T>(start: Start<T>): ReadonlySignal<Live<T>> {
  let stop: Unsubscribe | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const nothing: Live<T> = { value: undefined, error: null };
  const begin = () => {
    stop = start(
      (value) => {
        made.value = { value, error: null };
      },
      (error) => {
        made.value = { value: made.peek().value, error };
      },
    );
  };
  const made = signal<Live<T>>(nothing, {
    watched: () => {
      clearTimeout(timer);
      if (!stop) begin();
    },
    unwatched: () => {
      timer = setTimeout(() => {
        stop?.();
        stop = undefined;
      }, LINGER_MILLISECONDS);
    },
  });
  restarts.add(() => {
    if (!stop) return;
    stop();
    made.value = nothing;
    begin();
  });
  return made;
}

let known = "";

// what one user may see is not for the next, and a role that was given opens what was closed
effect(() => {
  const now = user.value ? `${user.value.uid} ${user.value.role}` : "";
  if (known !== "" && now !== known) for (const restart of restarts) restart();
  known = now;
});
