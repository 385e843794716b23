/** An alert's picture, to keep or to send on. */
import type { Alert } from "../../documents";
import { readPicture } from "../../firebase/pictures";
import { fail } from "../../state/toasts";
import { whoIs } from "./words";

function nameOf(alert: Alert): string {
  const time = alert.firstSeenAt.toISOString().slice(0, 19).replaceAll(":", "-");
  return `${whoIs(alert)} ${time}.jpg`.replace(/[\\/:*?"<>|]/g, "_");
}

/** Has the browser save a file. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export async function download(alert: Alert): Promise<void> {
  try {
    if (alert.imagePath) save(await readPicture(alert.imagePath), nameOf(alert));
  } catch (error) {
    fail(error);
  }
}

export async function share(alert: Alert): Promise<void> {
  try {
    if (!alert.imagePath) return;
    const file = new File([await readPicture(alert.imagePath)], nameOf(alert), { type: "image/jpeg" });
    await navigator.share({ files: [file], title: whoIs(alert) });
  } catch (error) {
    // who closes the sheet has not failed at anything
    if ((error as Error).name !== "AbortError") fail(error);
  }
}
