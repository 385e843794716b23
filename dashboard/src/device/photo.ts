/** Makes of a chosen file a photo that can be enrolled, or says why it cannot be one. */
import type { Cut } from "../domain/cut";

/** The rules of Storage take 8 MB; no face gets better by a longer side than this. */
const LONGEST_SIDE = 1600;
const LARGEST_BYTES = 8 * 1024 * 1024;
const QUALITY = 0.92;
const TAKEN = ["image/jpeg", "image/png", "image/webp"];

/** `not_a_photo`: none at all, whatever its name says; `too_large`: it cannot be made small enough. */
export class PhotoError extends Error {
  constructor(readonly kind: "not_a_photo" | "too_large") {
    super(kind);
  }
}

/** Whether the first bytes are those of a photo as iPhones take it, which few browsers can read. */
export function isHeic(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head.slice(4, 12));
  return text.startsWith("ftyp") && ["heic", "heix", "hevc", "mif1", "msf1"].includes(text.slice(4));
}

async function unread(file: Blob): Promise<Blob> {
  const head = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  if (!isHeic(head)) throw new PhotoError("not_a_photo");
  if (file.size > LARGEST_BYTES) throw new PhotoError("too_large");
  return new Blob([file], { type: "image/heic" });
}

async function opened(file: Blob): Promise<ImageBitmap | null> {
  return createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
}

/** A JPEG of the picture, or of a part of it in its own pixels, no larger than is of use. */
async function drawn(picture: ImageBitmap, cut: Cut): Promise<Blob> {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(cut.width, cut.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(cut.width * scale));
  canvas.height = Math.max(1, Math.round(cut.height * scale));
  const context = canvas.getContext("2d");
  context?.drawImage(picture, cut.left, cut.top, cut.width, cut.height, 0, 0, canvas.width, canvas.height);
  const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!made || made.size > LARGEST_BYTES) throw new PhotoError("too_large");
  return made;
}

/** The photo as it is uploaded; one of an iPhone goes as it is where this browser cannot read it. */
export async function prepared(file: Blob): Promise<Blob> {
  const picture = await opened(file);
  if (!picture) return unread(file);
  const side = Math.max(picture.width, picture.height);
  if (side <= LONGEST_SIDE && file.size <= LARGEST_BYTES && TAKEN.includes(file.type)) return file;
  return drawn(picture, { left: 0, top: 0, width: picture.width, height: picture.height });
}

/** A part of the photo; `cut` in fractions of it. */
export async function cropped(file: Blob, cut: Cut): Promise<Blob> {
  const picture = await opened(file);
  if (!picture) throw new PhotoError("not_a_photo");
  const { width, height } = picture;
  return drawn(picture, {
    left: cut.left * width,
    top: cut.top * height,
    width: cut.width * width,
    height: cut.height * height,
  });
}
