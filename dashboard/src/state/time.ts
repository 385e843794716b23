/** Times as people say them, in the site's zone. */
import { signal } from "@preact/signals";
import { project, serverNow } from "../firebase/project";
import { locale } from "../strings";

/** IANA name of the site's time zone; the browser's own until the site's is known. */
export const zone = signal(Intl.DateTimeFormat().resolvedOptions().timeZone);

/** Whether it is the site's: a day that is entered before would be another one there. */
export const zoneIsKnown = signal(false);

/** Ticks twice a minute, for "3 minutes ago". */
export const now = signal(Date.now());

function tick(): void {
  now.value = serverNow().getTime();
}

setInterval(tick, 30_000);
// the server's clock is known once the project is
project().then(tick, () => {});

function format(at: Date, options: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone.value }).format(at);
  } catch {
    return new Intl.DateTimeFormat(locale(), options).format(at);
  }
}

export function clock(at: Date): string {
  return format(at, { hour: "2-digit", minute: "2-digit" });
}

export function fullTime(at: Date): string {
  return format(at, { dateStyle: "full", timeStyle: "long" });
}

export function dateOf(at: Date): string {
  return format(at, { dateStyle: "medium" });
}

/** The day of a moment in the site's zone, as `2026-05-31`. */
export function dayOf(at: Date): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone.value, dateStyle: "short" });
  return parts.format(at);
}

/** A day such as `2026-05-31` in words. */
export function dayName(day: string): string {
  const noon = new Date(`${day}T12:00:00Z`);
  // of a link that was typed or cut off
  if (Number.isNaN(noon.getTime())) return day;
  const options = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locale(), options).format(noon);
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

/** "3 minutes ago", by the server's clock. What is a moment ahead of it is "now". */
export function ago(at: Date, moment: number = now.value): string {
  const seconds = Math.max(0, (moment - at.getTime()) / 1000);
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  for (const [unit, length] of UNITS) {
    if (seconds >= length) return words.format(-Math.floor(seconds / length), unit);
  }
  return words.format(0, "second");
}

/** How long something lasted, such as "4 min". */
export function lasted(from: Date, to: Date): string {
  const seconds = Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));
  const [value, unit] =
    seconds < 60
      ? [seconds, "second"]
      : seconds < 7200
        ? [Math.round(seconds / 60), "minute"]
        : [Math.round(seconds / 3600), "hour"];
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: String(unit),
    unitDisplay: "short",
  }).format(Number(value));
}
