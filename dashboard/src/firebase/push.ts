/** Push in this browser; loaded only where somebody switches it. `devices/{id}` is how the server knows of it. */
import { deleteToken, getMessaging, getToken } from "firebase/messaging";
import { project, serverNow } from "./project";
import { put, remove } from "./store";

/** `denied`: by the user; `key`: it is none; `project`: it has no web app; `unreachable`: no push service. */
export class PushError extends Error {
  constructor(readonly kind: "denied" | "key" | "project" | "unreachable") {
    super(kind);
  }
}

const WORKER_MILLISECONDS = 10_000;

async function worker(): Promise<ServiceWorkerRegistration> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new PushError("unreachable")), WORKER_MILLISECONDS);
  });
  return Promise.race([navigator.serviceWorker.ready, late]);
}

function failure(error: unknown): PushError {
  if (error instanceof PushError) return error;
  const { code = "", name = "" } = (error ?? {}) as { code?: string; name?: string };
  if (code.includes("permission") || name === "NotAllowedError") return new PushError("denied");
  if (name.startsWith("Invalid") || code.includes("vapid")) return new PushError("key");
  if (code.includes("missing-app-config")) return new PushError("project");
  return new PushError("unreachable");
}

/** One device per token, so that the same browser is not told twice. */
async function deviceId(token: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
  return Array.from(digest.slice(0, 20), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Has this browser told from now on. Returns the id of its device. */
export async function turnOn(uid: string, vapidKey: string): Promise<string> {
  if ((await Notification.requestPermission()) !== "granted") throw new PushError("denied");
  const { app } = await project();
  let token: string;
  try {
    token = await getToken(getMessaging(app), { vapidKey, serviceWorkerRegistration: await worker() });
  } catch (error) {
    throw failure(error);
  }
  const id = await deviceId(token);
  // a document of before is of the same token; it cannot be changed
  await remove(`devices/${id}`).catch(() => {});
  await put(`devices/${id}`, { token, uid, createdAt: serverNow() });
  return id;
}

/** Ends it, here and on the server. */
export async function turnOff(id: string): Promise<void> {
  await remove(`devices/${id}`);
  const { app } = await project();
  await deleteToken(getMessaging(app)).catch(() => {});
}
