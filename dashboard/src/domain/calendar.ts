/** Days and minutes. */

export const DAY_MINUTES = 1440;

/** The days of a month, as `2026-05-31`, with null for those before its Monday. */
export function monthOf(year: number, month: number): (string | null)[] {
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const before = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  const days = Array.from({ length }, (_, index) => new Date(Date.UTC(year, month, index + 1)));
  return [...Array<null>(before).fill(null), ...days.map((day) => day.toISOString().slice(0, 10))];
}

/** The minute of its day at which something was, in the site's zone. */
export function minuteOf(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const [hour = 0, minute = 0] = parts.format(at).split(":").map(Number);
  return hour * 60 + minute;
}

/** The day of a moment in a zone, as `2026-05-31`. */
export function dayIn(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at);
}

/** How many days one such day is after another. */
export function daysBetween(before: string, after: string): number {
  return Math.round((Date.parse(after) - Date.parse(before)) / (DAY_MINUTES * 60_000));
}

/** From which to which minute of a day something lasted, in a zone; null where it was on other days. */
export function minutesOn(
  day: string,
  from: Date,
  to: Date,
  timeZone: string,
): { from: number; to: number } | null {
  const [first, last] = [dayIn(from, timeZone), dayIn(to, timeZone)];
  if (day < first || day > last) return null;
  return {
    from: day === first ? minuteOf(from, timeZone) : 0,
    to: day === last ? minuteOf(to, timeZone) : DAY_MINUTES,
  };
}

/** By how many milliseconds the clocks of a zone are ahead of UTC at a moment. */
function aheadOf(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - at;
}

/** The moment at which a day such as `2026-05-31` begins in a zone. */
export function startOf(day: string, zone: string): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // the clocks may be put forward or back between the first guess and the day itself
  const guess = midnight - aheadOf(midnight, zone);
  return new Date(midnight - aheadOf(guess, zone));
}
