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

async function read<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
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
