/** `alerts`: read a page at a time, newest first. */
import { limit, orderBy, type QueryConstraint, startAfter, where } from "firebase/firestore";
import type { Alert } from "../documents";
import {
  count,
  type OnFailure,
  readDocument,
  readQuery,
  type Unsubscribe,
  update,
  watchDocument,
  watchQuery,
} from "./store";

/** The most documents that are read at once. */
export const PAGE = 30;

/** At most one of these is asked of Firestore, as its indexes have it; see `matches` for the others. */
export interface AlertFilter {
  personId?: string;
  strangerId?: string;
  cameraId?: string;
  isKnown?: boolean;
  reviewed?: boolean;
  day?: string;
}

const FIELDS = ["personId", "strangerId", "cameraId", "day", "isKnown", "reviewed"] as const;

function asked(filter: AlertFilter): QueryConstraint[] {
  const field = FIELDS.find((name) => filter[name] !== undefined);
  return field ? [where(field, "==", filter[field])] : [];
}

/** Whether an alert is one that the filter means, in all that it says. */
export function matches(alert: Alert, filter: AlertFilter): boolean {
  return FIELDS.every((name) => filter[name] === undefined || alert[name] === filter[name]);
}

/** One page of alerts, kept up to date; `after` is the last alert of the page before. */
export function watchPage(
  filter: AlertFilter,
  after: Alert | null,
  onPage: (alerts: Alert[]) => void,
  onFailure: OnFailure,
): Unsubscribe {
  const start = after ? [startAfter(after.lastSeenAt)] : [];
  return watchQuery(
    "alerts",
    [...asked(filter), orderBy("lastSeenAt", "desc"), ...start, limit(PAGE)],
    onPage,
    onFailure,
  );
}

export function watchAlert(
  id: string,
  onAlert: (alert: Alert | null) => void,
  onFailure: OnFailure,
): Unsubscribe {
  return watchDocument(`alerts/${id}`, onAlert, onFailure);
}

/** The latest alerts of one person, stranger or camera, once. */
export function latest(filter: AlertFilter, most: number): Promise<Alert[]> {
  return readQuery("alerts", ...asked(filter), orderBy("lastSeenAt", "desc"), limit(Math.min(most, PAGE)));
}

/** The alerts of one person since a moment, the latest first, read page by page, at most so many pages. */
export async function latestSince(filter: AlertFilter, moment: Date, pages: number): Promise<Alert[]> {
  const found: Alert[] = [];
  for (let page = 0; page < pages; page += 1) {
    const last = found.at(-1);
    const start = last ? [startAfter(last.lastSeenAt)] : [];
    const more = await readQuery<Alert>(
      "alerts",
      ...asked(filter),
      orderBy("lastSeenAt", "desc"),
      ...start,
      limit(PAGE),
    );
    found.push(...more);
    const oldest = more.at(-1);
    if (more.length < PAGE || !oldest || oldest.lastSeenAt < moment) break;
  }
  return found;
}

/** A shot's name begins with so many digits of its frame's digest. */
const DIGEST = 12;
/** Faces in one frame of whom the boxes are shown. */
const FACES = 10;

/** The alerts of other faces whose picture was taken from the very same frame. */
export async function inSameFrame(alert: Pick<Alert, "id" | "shot" | "cameraId" | "box">): Promise<Alert[]> {
  if (!alert.shot) return [];
  const frame = alert.shot.slice(0, DIGEST);
  const found = await readQuery<Alert>(
    "alerts",
    where("shot", ">=", frame),
    where("shot", "<", `${frame}~`),
    limit(FACES),
  );
  // a frame that was posted again may have made another alert of the same face
  const place = String(alert.box);
  return found.filter(
    (one) => one.id !== alert.id && one.cameraId === alert.cameraId && String(one.box) !== place,
  );
}

export function alertsOn(day: string): Promise<number> {
  return count("alerts", where("day", "==", day));
}

export function setReviewed(id: string, reviewed: boolean): Promise<void> {
  return update(`alerts/${id}`, { reviewed });
}

/** The few newest alerts, kept up to date. */
export function watchNewest(onAlerts: (alerts: Alert[]) => void, onFailure: OnFailure): Unsubscribe {
  return watchQuery("alerts", [orderBy("firstSeenAt", "desc"), limit(3)], onAlerts, onFailure);
}

export function readAlert(id: string): Promise<Alert | null> {
  return readDocument(`alerts/${id}`);
}
