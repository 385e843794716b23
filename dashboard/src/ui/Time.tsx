import { ago, fullTime } from "../state/time";

/** "3 minutes ago", with the full time on hover. */
export function Ago({ at }: { at: Date }) {
  return (
    <time dateTime={at.toISOString()} title={fullTime(at)}>
      {ago(at)}
    </time>
  );
}
