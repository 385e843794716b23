/** Times as people say them, in the site's zone. */
import { signal } from "@preact/signals";
import { dayIn, daysBetween } from "../domain/calendar";
import { project, serverNow } from "../firebase/project";
import { locale } from "../strings";

/** IANA name of the site's time zone; the browser's own until the site's is known. */
export const zone = signal(Intl.DateTimeFormat().resolvedOptions().timeZone);

/** Whether it is the site's: a day that is entered before would be another one there. */
export const zoneIsKnown = signal(false);

/** Whether it could not be learnt: then an owner has to try again before a day can be entered. */
export const zoneIsMissing = signal(false);

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

/** Day and minute, without more. */
export function shortTime(at: Date): string {
  return format(at, { dateStyle: "medium", timeStyle: "short" });
}

export function dateOf(at: Date): string {
  return format(at, { dateStyle: "medium" });
}

/** The day of a moment in the site's zone, as `2026-05-31`. */
export function dayOf(at: Date): string {
  return dayIn(at, zone.value);
}

/** A day such as `2026-05-31` in words. */
export function dayName(day: string): string {
  return inWords(day, { weekday: "long", day: "numeric", month: "long" });
}

/** The same for places where there is little room, such as "Sun 31 May". */
export function shortDay(day: string): string {
  return inWords(day, { weekday: "short", day: "numeric", month: "short" });
}

function inWords(day: string, parts: Intl.DateTimeFormatOptions): string {
  const noon = new Date(`${day}T12:00:00Z`);
  // of a link that was typed or cut off
  if (Number.isNaN(noon.getTime())) return day;
  return new Intl.DateTimeFormat(locale(), { ...parts, timeZone: "UTC" }).format(noon);
}

const DAY_SECONDS = 86_400;

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["hour", 3600],
  ["minute", 60],
];

/** "3 minutes ago", by the server's clock. What is a moment ahead of it is "now". */
export function ago(at: Date, moment: number = now.value): string {
  const seconds = Math.max(0, (moment - at.getTime()) / 1000);
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  // a day is one of the calendar: a day and a half before this morning was not yesterday
  if (seconds >= DAY_SECONDS) return words.format(-daysBetween(dayOf(at), dayOf(new Date(moment))), "day");
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
