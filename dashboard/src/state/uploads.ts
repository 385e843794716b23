/** Photos on their way; they go on when another page is opened. */
import { signal } from "@preact/signals";
import { PhotoError, prepared } from "../device/photo";
import { PictureError, uploadPhoto } from "../firebase/pictures";
import { serverNow } from "../firebase/project";

export interface Upload {
  /** Also the name of the photo in Storage, so that its document is found. */
  id: string;
  personId: string;
  thumbnail: string;
  file: Blob;
  step: "preparing" | "uploading" | "processing" | "failed";
  part: number;
  /** Why it failed: a kind of `PhotoError` or `PictureError`. */
  problem: PhotoError["kind"] | PictureError["kind"] | null;
  /** When it was up, in milliseconds. */
  since: number;
}

export const uploads = signal<Upload[]>([]);

function change(id: string, fields: Partial<Upload>): void {
  uploads.value = uploads.value.map((one) => (one.id === id ? { ...one, ...fields } : one));
}

function newId(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}.jpg`;
}

async function run(upload: Upload): Promise<void> {
  try {
    const photo = await prepared(upload.file);
    change(upload.id, { step: "uploading", part: 0, problem: null });
    await uploadPhoto(upload.personId, upload.id, photo, (part) => change(upload.id, { part }));
    change(upload.id, { step: "processing", since: serverNow().getTime() });
  } catch (error) {
    const known = error instanceof PhotoError || error instanceof PictureError;
    change(upload.id, { step: "failed", problem: known ? error.kind : "unreachable" });
  }
}

/** Brings the files as photos of the person, two at a time. */
export async function bring(personId: string, files: Iterable<Blob>): Promise<void> {
  const made = Array.from(files, (file): Upload => {
    const thumbnail = URL.createObjectURL(file);
    return { id: newId(), personId, thumbnail, file, step: "preparing", part: 0, problem: null, since: 0 };
  });
  uploads.value = [...made, ...uploads.value];
  const waiting = [...made];
  const one = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await run(next);
  };
  await Promise.all([one(), one()]);
}

export function retry(upload: Upload): void {
  change(upload.id, { step: "preparing", problem: null });
  void run(upload);
}

export function drop(id: string): void {
  const gone = uploads.value.find((one) => one.id === id);
  if (gone) URL.revokeObjectURL(gone.thumbnail);
  uploads.value = uploads.value.filter((one) => one.id !== id);
}
