import type { Separation } from "../../../api";
import { closestToldApart, confusion, missed, withOnePhoto } from "../../../domain/separation";
import { to } from "../../../state/route";
import { decimal, t } from "../../../strings";

interface Props {
  found: Separation;
  threshold: number;
  /** Whether the threshold is one for all; otherwise each person has an own one. */
  isEverybodys: boolean;
  margin: number;
  nameOf: (personId: string) => string;
}

/** Names that are listed before the rest is counted. */
const LISTED = 6;

/** Who would be confused at a threshold, whose photos would be missed, and what the margin does. */
export function Consequences({ found, threshold, isEverybodys, margin, nameOf }: Props) {
  const words = t().settings.separation;
  const confused = found.nearest
    .map((pair) => ({ pair, kind: confusion(pair, threshold, margin) }))
    .filter((one) => one.kind !== null);
  const gone = missed(found, isEverybodys ? threshold : null);
  const alone = withOnePhoto(found);
  const closest = closestToldApart(found);
  const both = (pair: { person_id: string; other_id: string }) =>
    [nameOf(pair.person_id), nameOf(pair.other_id)] as const;
  return (
    <div class="stack" aria-live="polite">
      {found.people.length === 1 && <p class="badge block">{words.onePerson}</p>}
      {found.people.length > 1 && confused.length === 0 && <p class="badge good block">{words.none}</p>}
      {confused.slice(0, LISTED).map(({ pair, kind }) => (
        <p class="badge strange block" key={`${pair.person_id} ${pair.other_id}`}>
          {words[kind ?? "asked"](...both(pair))}
        </p>
      ))}
      {confused.length > LISTED && <p class="soft small">{words.more(confused.length - LISTED)}</p>}
      {gone.slice(0, LISTED).map((one) => (
        <p class="badge strange block" key={one.personId}>
          <a href={to("people", one.personId)} dir="auto">
            {nameOf(one.personId)}
          </a>
          : {words.ownMissed(one.missed.length, one.photos)}
        </p>
      ))}
      {gone.length > LISTED && <p class="soft small">{words.more(gone.length - LISTED)}</p>}
      {alone.length > 0 && (
        <p class="soft small">
          {words.onePhoto(alone.slice(0, LISTED).map(nameOf).join(", "), Math.max(0, alone.length - LISTED))}
        </p>
      )}
      {closest?.gap && (
        <p class="soft small">{words.marginOwn(...both(closest), decimal(closest.gap), decimal(margin))}</p>
      )}
      {found.left_out > 0 && <p class="soft small">{words.leftOut(found.people.length)}</p>}
    </div>
  );
}
