/** What a threshold and a margin mean for one's own people. */
import type { Separation } from "../api";

export type Pair = Separation["nearest"][number];

/**
 * `taken`: a photo of one is nearer to the other; `asked`: too close to say; `untold`: one photo each tells nothing;
 * `near`: each is nearer to the own photos, but a stranger as near as they are would be given a name.
 */
export type Confusion = "taken" | "asked" | "untold" | "near";

/** What becomes of two people's photos at a threshold and a margin; null where they are too far apart to be confused. */
export function confusion(pair: Pair, threshold: number, margin: number): Confusion | null {
  if (pair.distance > threshold) return null;
  if (pair.gap === null) return "untold";
  if (pair.gap < 0) return "taken";
  return pair.gap < margin ? "asked" : "near";
}

export interface Missed {
  personId: string;
  /** Photos that would not be known by the person's others; of the farthest five. */
  missed: string[];
  photos: number;
}

/** Whose own photos would be missed at a threshold for all; with null, at each person's own. */
export function missed(found: Separation, threshold: number | null): Missed[] {
  return found.people
    .map(({ person_id, photos, farthest, threshold: own }) => ({
      personId: person_id,
      missed: farthest.filter(({ distance }) => distance > (threshold ?? own)).map((one) => one.photo_id),
      photos,
    }))
    .filter((one) => one.missed.length > 0);
}

/** Who has a single photo. */
export function withOnePhoto(found: Separation): string[] {
  return found.people.filter((one) => one.photos === 1).map((one) => one.person_id);
}

/** The pair that is told apart, and by the least; what a larger margin would ask about. */
export function closestToldApart(found: Separation): Pair | null {
  const apart = found.nearest.filter((pair) => pair.gap !== null && pair.gap > 0);
  return apart.sort((one, other) => (one.gap ?? 0) - (other.gap ?? 0))[0] ?? null;
}
