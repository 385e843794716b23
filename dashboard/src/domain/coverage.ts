/** What kinds of shots there are of a person, and what one more would add. */
import type { Alert, Photo } from "../documents";

/** Turned by more than this share of a right angle, a face is no longer seen from the front. */
const TURNED = 0.15;

/** Mean grey of a face below which a photo was taken in dim light. */
const DARK = 70;

/** Below this a shot is of little use. */
export const WEAK = 0.5;

/** As many of a kind as help; more of the same make others look alike. */
const WANTED = { front: 2, left: 1, right: 1, dark: 1 } as const;

export type Kind = keyof typeof WANTED;
export const KINDS = Object.keys(WANTED) as Kind[];

/** A shot of a face; an older version of Lookout did not write down its kind. */
type Shot = Pick<Alert | Photo, "yaw" | "light">;

/** `left` and `right` as one sees it in the picture; null where it is not known. */
export function kindsOf({ yaw, light }: Shot): Kind[] | null {
  if (yaw == null || light == null) return null;
  const side = yaw < -TURNED ? "left" : yaw > TURNED ? "right" : "front";
  return light < DARK ? [side, "dark"] : [side];
}

export interface Coverage {
  counts: Record<Kind, number>;
  /** Of how many enrolled photos the kind is not known. */
  unknown: number;
}

export function coverageOf(photos: Photo[]): Coverage {
  const counts = { front: 0, left: 0, right: 0, dark: 0 };
  let unknown = 0;
  for (const photo of photos) {
    if (photo.status !== "enrolled") continue;
    const kinds = kindsOf(photo);
    if (!kinds) unknown += 1;
    for (const kind of kinds ?? []) counts[kind] += 1;
  }
  return { counts, unknown };
}

/**
 * What an alert's face would be worth as one more photo. `adds`: the kinds that are missing so far; `same`: there are
 * enough like it, `count` of them; `unsure`: nobody has said yet that the name is right; `there`: it is one already.
 */
export type Worth =
  | { kind: "adds"; what: Kind[] }
  | { kind: "same"; count: number }
  | { kind: "weak" | "unsure" | "unknown" | "there" };

const SURE = 0.95;

/** The name under which the face of an alert is kept as a photo. */
export function photoIdOf(alert: Pick<Alert, "id">): string {
  return `alert-${alert.id}.jpg`;
}

export function worthOf(alert: Alert, photos: Photo[]): Worth {
  if (photos.some((photo) => photo.id === photoIdOf(alert))) return { kind: "there" };
  if (!alert.reviewed && alert.confidence < SURE) return { kind: "unsure" };
  if (alert.quality < WEAK) return { kind: "weak" };
  const kinds = kindsOf(alert);
  if (!kinds) return { kind: "unknown" };
  const { counts } = coverageOf(photos);
  const what = kinds.filter((kind) => counts[kind] < WANTED[kind]);
  if (what.length > 0) return { kind: "adds", what };
  return { kind: "same", count: Math.min(...kinds.map((kind) => counts[kind])) };
}

/** The alerts whose faces would add something, the best of each kind; none twice. */
export function offersOf(alerts: Alert[], photos: Photo[]): { alert: Alert; what: Kind[] }[] {
  const found = new Map<Kind, { alert: Alert; what: Kind[] }>();
  for (const alert of alerts.filter((one) => one.facePath !== null)) {
    const worth = worthOf(alert, photos);
    if (worth.kind !== "adds") continue;
    for (const kind of worth.what) {
      const best = found.get(kind)?.alert;
      if (!best || best.quality < alert.quality) found.set(kind, { alert, what: worth.what });
    }
  }
  return [...new Map([...found.values()].map((one) => [one.alert.id, one])).values()];
}
