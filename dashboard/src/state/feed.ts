/** The list of alerts on the screen: pages of it that are kept up to date, each alert staying where it is. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Alert } from "../documents";
import { placed } from "../domain/placing";
import { type AlertFilter, matches, PAGE, readAlert, watchPage } from "../firebase/alerts";
import type { StoreError, Unsubscribe } from "../firebase/store";

export interface Feed {
  /** In their order on the screen; undefined until the first answer. */
  alerts: ReadonlySignal<Alert[] | undefined>;
  /** Alerts that came since, above the first one on the screen. */
  fresh: ReadonlySignal<Alert[]>;
  ended: Signal<boolean>;
  /** How many alerts were looked through, once nothing fits any more; until then null. */
  paused: ReadonlySignal<number | null>;
  error: Signal<StoreError | null>;
  more: () => void;
  /** Looks further back after a pause. */
  goOn: () => void;
  showFresh: () => void;
  /** Change an alert on the screen before the server has; null takes it away. */
  patch: (id: string, change: Partial<Alert> | null) => () => void;
  close: () => void;
}

/** Pages in a row without anything that fits, after which the reader says whether to go on: each is read. */
const IN_VAIN = 10;

interface Window {
  ids: Set<string>;
  stop: Unsubscribe;
}

/** Alerts that an owner took away and may still bring back: in no list, though the store has them. */
const hidden = signal<ReadonlySet<string>>(new Set());

function shownOf(alerts: Alert[]): Alert[] {
  return alerts.filter((alert) => !hidden.value.has(alert.id));
}

/** Opens a list. `isAway` says whether the reader has scrolled: then what is new waits to be asked for. */
export function openFeed(filter: AlertFilter, isAway: () => boolean): Feed {
  const listed = signal<Alert[] | undefined>(undefined);
  const waitingAbove = signal<Alert[]>([]);
  const ended = signal(false);
  const paused = signal<number | null>(null);
  const error = signal<StoreError | null>(null);
  const windows: Window[] = [];
  let last: Alert | null = null;
  let loading = false;
  let inVain = 0;

  function visible(page: Alert[]): Alert[] {
    return page.filter((alert) => matches(alert, filter));
  }

  /** Who fell out of a page was deleted, or moved to another page: only the store can say. */
  async function settle(id: string): Promise<void> {
    if (windows.some((window) => window.ids.has(id))) return;
    const found = await readAlert(id).catch(() => undefined);
    if (found === undefined) return;
    const list = listed.peek() ?? [];
    listed.value = found
      ? list.map((one) => (one.id === id ? found : one))
      : list.filter((one) => one.id !== id);
    if (!found) waitingAbove.value = waitingAbove.peek().filter((one) => one.id !== id);
  }

  function show(page: Alert[], isFirst: boolean): void {
    const list = listed.peek();
    const known = new Set((list ?? []).map((alert) => alert.id));
    const news = isFirst && list ? visible(page).filter((alert) => !known.has(alert.id)) : [];
    const top = list?.[0];
    const waiting = top && isAway() ? news.filter((alert) => alert.firstSeenAt > top.firstSeenAt) : [];
    const held = new Set(waiting.map((alert) => alert.id));
    waitingAbove.value = placed(waitingAbove.peek(), waiting);
    const shown = visible(page).filter((alert) => !held.has(alert.id));
    listed.value = placed(list ?? [], shown);
  }

  function open(): void {
    loading = true;
    const isFirst = windows.length === 0;
    const window: Window = { ids: new Set(), stop: () => {} };
    windows.push(window);
    let answered = false;
    window.stop = watchPage(
      filter,
      last,
      (page) => {
        const before = window.ids;
        window.ids = new Set(page.map((alert) => alert.id));
        error.value = null;
        show(page, isFirst);
        if (!answered) {
          answered = true;
          loading = false;
          last = page.at(-1) ?? last;
          ended.value = page.length < PAGE;
          inVain = visible(page).length > 0 ? 0 : inVain + 1;
          if (inVain > 0 && !ended.peek()) lookFurther();
        }
        for (const id of before) if (!window.ids.has(id)) void settle(id);
      },
      (failed) => {
        error.value = failed;
        loading = false;
      },
    );
  }

  /** Of several filters the store is asked for one: what fits the others too may be far below. */
  function lookFurther(): void {
    if (inVain < IN_VAIN) open();
    else paused.value = windows.length * PAGE;
  }

  open();
  return {
    alerts: computed(() => listed.value && shownOf(listed.value)),
    fresh: computed(() => shownOf(waitingAbove.value)),
    ended,
    paused,
    error,
    more: () => {
      if (!loading && !ended.peek() && paused.peek() === null) open();
    },
    goOn: () => {
      inVain = 0;
      paused.value = null;
      open();
    },
    showFresh: () => {
      listed.value = placed(listed.peek() ?? [], waitingAbove.peek());
      waitingAbove.value = [];
    },
    patch: (id, change) => {
      if (change === null) {
        hidden.value = new Set([...hidden.peek(), id]);
        return () => {
          hidden.value = new Set([...hidden.peek()].filter((one) => one !== id));
        };
      }
      const before = listed.peek()?.find((alert) => alert.id === id);
      listed.value = listed.peek()?.map((alert) => (alert.id === id ? { ...alert, ...change } : alert));
      return () => {
        if (before) listed.value = placed(listed.peek() ?? [], [before]);
      };
    },
    close: () => {
      for (const window of windows) window.stop();
    },
  };
}
