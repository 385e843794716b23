/** Days and minutes. */

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
