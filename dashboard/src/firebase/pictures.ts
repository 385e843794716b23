/** Pictures in Storage, fetched with the user's own token: no address of one ever leaves this page. */
import {
  connectStorageEmulator,
  type FirebaseStorage,
  getBlob,
  getStorage,
  ref,
  uploadBytesResumable,
} from "firebase/storage";
import { project } from "./project";
import { idToken } from "./session";

const RETRY_MILLISECONDS = 15_000;

let opening: Promise<FirebaseStorage> | undefined;

function storage(): Promise<FirebaseStorage> {
  opening ??= project().then(({ app, emulators }) => {
    const opened = getStorage(app);
    opened.maxOperationRetryTime = RETRY_MILLISECONDS;
    opened.maxUploadRetryTime = 4 * RETRY_MILLISECONDS;
    if (emulators) {
      const { hostname, port } = new URL(emulators.storage);
      connectStorageEmulator(opened, hostname, Number(port));
    }
    return opened;
  });
  return opening;
}

/** `missing`: there is none at that path; `denied`: the rules refuse; `unreachable`: no answer. */
export class PictureError extends Error {
  constructor(readonly kind: "missing" | "denied" | "unreachable") {
    super(kind);
  }
}

function failure(error: unknown): PictureError {
  const code = (error as { code?: string } | null)?.code ?? "";
  if (code === "storage/object-not-found") return new PictureError("missing");
  if (code === "storage/unauthorized" || code === "storage/unauthenticated")
    return new PictureError("denied");
  return new PictureError("unreachable");
}

/** The picture at `path`. */
export async function readPicture(path: string): Promise<Blob> {
  try {
    return await getBlob(ref(await storage(), path));
  } catch (error) {
    throw failure(error);
  }
}

/** Uploads a photo of a person, telling how much of it is there, 0 to 1. */
export async function uploadPhoto(
  personId: string,
  photoId: string,
  photo: Blob,
  onProgress: (part: number) => void,
): Promise<void> {
  const place = ref(await storage(), `faces/${personId}/${photoId}`);
  const task = uploadBytesResumable(place, photo, { contentType: photo.type || "image/jpeg" });
  await new Promise<void>((resolve, reject) => {
    task.on(
      "state_changed",
      (state) => onProgress(state.totalBytes ? state.bytesTransferred / state.totalBytes : 0),
      (error) => reject(failure(error)),
      () => resolve(),
    );
  });
}

/** Deletes a photo; goes on when the page is being left. */
export async function deletePhoto(path: string): Promise<void> {
  const { app, emulators } = await project();
  const host = emulators?.storage ?? "https://firebasestorage.googleapis.com";
  const url = `${host}/v0/b/${app.options.storageBucket}/o/${encodeURIComponent(path)}`;
  const headers = { Authorization: `Firebase ${await idToken()}` };
  const answer = await fetch(url, { method: "DELETE", headers, keepalive: true }).catch(() => null);
  if (answer?.ok || answer?.status === 404) return;
  throw new PictureError(answer?.status === 403 ? "denied" : "unreachable");
}
