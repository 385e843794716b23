/** The list of alerts on the screen: pages of it that are kept up to date, each alert staying where it is. */
import { type Signal, signal } from "@preact/signals";
import type { Alert } from "../documents";
import { placed } from "../domain/placing";
import { type AlertFilter, matches, PAGE, readAlert, watchPage } from "../firebase/alerts";
import type { StoreError, Unsubscribe } from "../firebase/store";

export interface Feed {
  /** In their order on the screen; undefined until the first answer. */
  alerts: Signal<Alert[] | undefined>;
  /** Alerts that came since, above the first one on the screen. */
  fresh: Signal<Alert[]>;
  ended: Signal<boolean>;
  error: Signal<StoreError | null>;
  more: () => void;
  showFresh: () => void;
  /** Change an alert on the screen before the server has; null takes it away. */
  patch: (id: string, change: Partial<Alert> | null) => () => void;
  close: () => void;
}

interface Window {
  ids: Set<string>;
  stop: Unsubscribe;
}

/** Opens a list. `isAway` says whether the reader has scrolled: then what is new waits to be asked for. */
export function openFeed(filter: AlertFilter, isAway: () => boolean): Feed {
  const alerts = signal<Alert[] | undefined>(undefined);
  const fresh = signal<Alert[]>([]);
  const ended = signal(false);
  const error = signal<StoreError | null>(null);
  const windows: Window[] = [];
  const hidden = new Set<string>();
  let last: Alert | null = null;
  let loading = false;

  function visible(page: Alert[]): Alert[] {
    return page.filter((alert) => matches(alert, filter) && !hidden.has(alert.id));
  }

  /** Who fell out of a page was deleted, or moved to another page: only the store can say. */
  async function settle(id: string): Promise<void> {
    if (windows.some((window) => window.ids.has(id))) return;
    const found = await readAlert(id).catch(() => undefined);
    if (found === undefined) return;
    const list = alerts.peek() ?? [];
    alerts.value = found
      ? list.map((one) => (one.id === id ? found : one))
      : list.filter((one) => one.id !== id);
    if (!found) fresh.value = fresh.peek().filter((one) => one.id !== id);
  }

  function show(page: Alert[], isFirst: boolean): void {
    const list = alerts.peek();
    const known = new Set((list ?? []).map((alert) => alert.id));
    const news = isFirst && list ? visible(page).filter((alert) => !known.has(alert.id)) : [];
    const top = list?.[0];
    const waiting = top && isAway() ? news.filter((alert) => alert.firstSeenAt > top.firstSeenAt) : [];
    const held = new Set(waiting.map((alert) => alert.id));
    fresh.value = placed(fresh.peek(), waiting);
    const shown = visible(page).filter((alert) => !held.has(alert.id));
    alerts.value = placed(list ?? [], shown);
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
        }
        for (const id of before) if (!window.ids.has(id)) void settle(id);
      },
      (failed) => {
        error.value = failed;
        loading = false;
      },
    );
  }

  open();
  return {
    alerts,
    fresh,
    ended,
    error,
    more: () => {
      if (!loading && !ended.peek()) open();
    },
    showFresh: () => {
      alerts.value = placed(alerts.peek() ?? [], fresh.peek());
      fresh.value = [];
    },
    patch: (id, change) => {
      const before = alerts.peek()?.find((alert) => alert.id === id);
      if (change === null) {
        hidden.add(id);
        alerts.value = alerts.peek()?.filter((alert) => alert.id !== id);
      } else {
        alerts.value = alerts.peek()?.map((alert) => (alert.id === id ? { ...alert, ...change } : alert));
      }
      return () => {
        hidden.delete(id);
        if (before) alerts.value = placed(alerts.peek() ?? [], [before]);
      };
    },
    close: () => {
      for (const window of windows) window.stop();
    },
  };
}
