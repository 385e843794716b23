/** This device as a camera of its own: registered once, its key kept here. */
import { createCamera } from "../api";

const KEY = "lookout.phone";

export interface OwnCamera {
  id: string;
  key: string;
}

/** The camera that this device is already, if any. */
export function ownCamera(): OwnCamera | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as OwnCamera | null;
    return kept?.id && kept.key ? kept : null;
  } catch {
    return null;
  }
}

export function forgetOwnCamera(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // there was none
  }
}

/** Registers this device; where storage is blocked it is a new camera the next time. */
export async function becomeCamera(name: string): Promise<OwnCamera> {
  const { camera, key } = await createCamera({ name });
  const own = { id: camera.id, key };
  try {
    localStorage.setItem(KEY, JSON.stringify(own));
  } catch {
    // it lasts as long as the page
  }
  return own;
}

export interface Posted {
  person: string | null;
  reason: string;
  /** Milliseconds until the next frame is wanted. */
  wait: number;
}

/** `refused`: the camera is no longer one; `busy`: wait that long; otherwise there was no answer. */
export class PostError extends Error {
  constructor(
    readonly kind: "refused" | "busy" | "unreachable",
    readonly wait: number,
  ) {
    super(kind);
  }
}

/** Posts a frame as any camera does. */
export async function postFrame(own: OwnCamera, frame: Blob): Promise<Posted> {
  const headers = { "Content-Type": "image/jpeg", "X-Camera-Id": own.id, "X-Camera-Key": own.key };
  const answer = await fetch("/detect", {
    method: "POST",
    headers,
    body: frame,
    signal: AbortSignal.timeout(20_000),
  }).catch(() => null);
  if (!answer) throw new PostError("unreachable", 5_000);
  if (answer.status === 401 || answer.status === 403) throw new PostError("refused", 0);
  if (!answer.ok) throw new PostError("busy", Number(answer.headers.get("Retry-After") ?? 5) * 1000);
  const told = (await answer.json()) as {
    person: string | null;
    reason: string;
    next?: { interval_ms?: number };
  };
  return { person: told.person, reason: told.reason, wait: told.next?.interval_ms ?? 2_000 };
}
