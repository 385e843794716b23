/** `people` and their photos' documents. */
import { limit, orderBy, where } from "firebase/firestore";
import type { MisplacedPhoto, Person, Photo } from "../documents";
import { serverNow } from "./project";
import { type OnFailure, put, readQuery, remove, type Unsubscribe, update, watchQuery } from "./store";

/** More people than any household has. */
const PEOPLE = 1000;
/** Photos of one person that are shown; a person has at most a hundred enrolled. */
const PHOTOS = 120;
/** Misplaced files that are shown at once; when some are put right, others come. */
const MISPLACED = 10;
/** As many as tell which kinds of shots there are. */
const SOME_PHOTOS = 30;

export function watchPeople(onPeople: (people: Person[]) => void, onFailure: OnFailure): Unsubscribe {
  return watchQuery("people", [orderBy("name"), limit(PEOPLE)], onPeople, onFailure);
}

export function watchPhotos(
  personId: string,
  onPhotos: (photos: Photo[]) => void,
  onFailure: OnFailure,
): Unsubscribe {
  const order = [orderBy("createdAt", "desc"), limit(PHOTOS)];
  return watchQuery(`people/${personId}/photos`, order, onPhotos, onFailure);
}

/** Files that lie in nobody's folder. */
export function watchMisplaced(
  onPhotos: (photos: MisplacedPhoto[]) => void,
  onFailure: OnFailure,
): Unsubscribe {
  return watchQuery(
    "misplaced_photos",
    [orderBy("createdAt", "desc"), limit(MISPLACED)],
    onPhotos,
    onFailure,
  );
}

/** The photos of a person once; some, where there are many. */
export function readPhotos(personId: string): Promise<Photo[]> {
  return readQuery(`people/${personId}/photos`, orderBy("createdAt", "desc"), limit(SOME_PHOTOS));
}

/** Where a photo of the person lies, to show the face by; null where none is enrolled. */
export async function portraitPath(personId: string): Promise<string | null> {
  const found = await readQuery<Photo>(
    `people/${personId}/photos`,
    where("status", "==", "enrolled"),
    limit(1),
  );
  return found[0]?.path ?? null;
}

/** Makes a person without photos. Returns the new id. */
export async function createPerson(name: string): Promise<string> {
  const digits = crypto.getRandomValues(new Uint8Array(6));
  const id = `person-${Array.from(digits, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const now = serverNow();
  await put(`people/${id}`, { name, muted: false, createdAt: now, consentAt: now });
  return id;
}

export type PersonChange = Partial<Pick<Person, "name" | "muted" | "consentAt" | "consentExpiresAt">>;

export function changePerson(id: string, change: PersonChange): Promise<void> {
  return update(`people/${id}`, change);
}

/** Forgets the photos and vectors; past alerts keep the name. */
export function removePerson(id: string): Promise<void> {
  return remove(`people/${id}`);
}
