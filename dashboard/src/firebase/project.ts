/** The Firebase project that this page belongs to. Hosting says which: nothing of it stands in the source. */
import { type FirebaseApp, initializeApp } from "firebase/app";

/** Where the local stack's emulators answer, without a final slash. */
export interface Emulators {
  auth: string;
  firestore: string;
  storage: string;
}

export interface Project {
  app: FirebaseApp;
  emulators: Emulators | null;
}

/** A browser's clock is trusted where it is off by no more than this. */
const TOLERANCE_MILLISECONDS = 30_000;

let offset = 0;

/** The server's time: the browser's clock may be days off. */
export function serverNow(): Date {
  return new Date(Date.now() + offset);
}

function learnTime(answer: Response): void {
  const date = Date.parse(answer.headers.get("Date") ?? "");
  if (Number.isNaN(date)) return;
  // since when a store on the way has kept the answer, in seconds
  const age = Number(answer.headers.get("Age") ?? 0) * 1000;
  const off = date + age - Date.now();
  offset = Math.abs(off) > TOLERANCE_MILLISECONDS ? off : 0;
}

async function read<T>(url: string): Promise<T> {
  const answer = await fetch(url, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  learnTime(answer);
  return (await answer.json()) as T;
}

async function load(): Promise<Project> {
  const config = await read<{ projectId: string }>("/__/firebase/init.json");
  // a `demo-` project never touches the cloud: scripts/dev wrote down where its emulators are
  const emulators = config.projectId.startsWith("demo-") ? await read<Emulators>("/emulators.json") : null;
  return { app: initializeApp(config), emulators };
}

let loading: Promise<Project> | undefined;

/** The project, read once. A failure is not kept, so that trying again can help. */
export function project(): Promise<Project> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
