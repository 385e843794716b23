import { ago, clock, dayOf, fullTime, now, shortTime } from "../state/time";

/** "3 minutes ago", with the full time on hover. */
export function Ago({ at }: { at: Date }) {
  return (
    <time dateTime={at.toISOString()} title={fullTime(at)}>
      {ago(at)}
    </time>
  );
}

/** Since when: the time of today, or the day with it. */
export function Since({ at }: { at: Date }) {
  const isToday = dayOf(at) === dayOf(new Date(now.value));
  return (
    <time dateTime={at.toISOString()} title={fullTime(at)}>
      {isToday ? clock(at) : shortTime(at)}
    </time>
  );
}
