/** The photos of a person, with the kinds of shots that they are. */
import { useEffect, useState } from "preact/hooks";
import type { Photo } from "../documents";
import { readPhotos, watchPhotos } from "../firebase/people";
import type { StoreError } from "../firebase/store";
import { forgetPortrait } from "./house";
import { drop } from "./uploads";

const read = new Map<string, Promise<Photo[]>>();

/** The photos as they were when they were first asked for, or last watched. */
export function photosOf(personId: string): Promise<Photo[]> {
  let found = read.get(personId);
  if (!found) {
    found = readPhotos(personId);
    read.set(personId, found);
    found.catch(() => read.delete(personId));
  }
  return found;
}

/** After a photo came or went while nobody watched. */
export function forgetPhotos(personId: string): void {
  read.delete(personId);
}

/** The photos of a person while they are on the screen; null until the first answer. */
export function useWatchedPhotos(personId: string): { photos: Photo[] | null; error: StoreError | null } {
  const [photos, setPhotos] = useState<Photo[] | null>(null);
  const [error, setError] = useState<StoreError | null>(null);
  useEffect(() => {
    setPhotos(null);
    return watchPhotos(
      personId,
      (found) => {
        setError(null);
        setPhotos(found);
        read.set(personId, Promise.resolve(found));
        // from here on its document speaks for it, also when it is deleted
        for (const photo of found) drop(photo.id);
        forgetPortrait(personId);
      },
      setError,
    );
  }, [personId]);
  return { photos, error };
}
