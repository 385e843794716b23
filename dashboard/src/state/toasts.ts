/** Short messages at the edge of the screen, and what can be undone while one is shown. */
import { signal } from "@preact/signals";
import { CallError } from "../api";
import { mayLeave, onLeaving } from "../device/leaving";
import { t } from "../strings";
import { isOwner } from "./session";

export const UNDO_MILLISECONDS = 10_000;
const SHOWN_MILLISECONDS = 6_000;

export interface Toast {
  id: number;
  text: string;
  kind: "done" | "error" | "alert";
  undo?: () => void;
  link?: string;
}

export const toasts = signal<Toast[]>([]);

/** The dialogues that are open, the topmost last: what lies below one cannot be touched, so messages go into it. */
export const dialogues = signal<string[]>([]);
let last = 0;

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

export function show(toast: Omit<Toast, "id">, milliseconds = SHOWN_MILLISECONDS): number {
  last += 1;
  const id = last;
  toasts.value = [...toasts.value.slice(-3), { ...toast, id }];
  setTimeout(() => dismiss(id), milliseconds);
  return id;
}

/** What went wrong, in words with a way out. */
export function inWords(error: unknown): string {
  const words = t().errors;
  if (error instanceof CallError) {
    return words.call[error.code] ?? (error.message ? t().told(error.message) : words.unknown);
  }
  const kind = (error as { kind?: string } | null)?.kind;
  // an owner may change things: refused is then what was entered
  if (kind === "denied" && isOwner.peek()) return words.refused;
  return (kind && words.store[kind]) || words.unknown;
}

export function fail(error: unknown): void {
  show({ kind: "error", text: inWords(error) }, UNDO_MILLISECONDS);
}

/** Do something now that can be taken back: `back` undoes it on the server. */
export async function reversible(
  text: string,
  step: () => Promise<() => Promise<unknown>>,
): Promise<boolean> {
  try {
    const back = await step();
    const undo = () => {
      dismiss(id);
      back().catch(fail);
    };
    const id = show({ kind: "done", text, undo }, UNDO_MILLISECONDS);
    return true;
  } catch (error) {
    fail(error);
    return false;
  }
}

const waiting = new Set<() => void>();

/**
 * Do something that cannot be taken back, once ten seconds have passed without an undo. Until then the screen
 * shows it as done; `revert` takes that back, also when the server refuses. Leaving the page does it at once.
 */
export function deferred(text: string, step: () => Promise<unknown>, revert: () => void): void {
  const settle = () => {
    clearTimeout(timer);
    waiting.delete(run);
    dismiss(id);
  };
  const run = () => {
    settle();
    step().catch((error: unknown) => {
      revert();
      fail(error);
    });
  };
  const undo = () => {
    settle();
    revert();
  };
  const id = show({ kind: "done", text, undo }, UNDO_MILLISECONDS + 1000);
  const timer = setTimeout(run, UNDO_MILLISECONDS);
  waiting.add(run);
  mayLeave();
}

onLeaving(() => {
  for (const run of [...waiting]) run();
});
