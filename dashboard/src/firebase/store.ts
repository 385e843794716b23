/** Firestore: documents and lists of them, watched and changed. Its times become `Date`, its ids the field `id`. */
import {
  collection,
  connectFirestoreEmulator,
  type DocumentData,
  deleteDoc,
  doc,
  type Firestore,
  getCountFromServer,
  getDocFromServer,
  getDocsFromServer,
  initializeFirestore,
  onSnapshot,
  type QueryConstraint,
  query,
  setDoc,
  Timestamp,
  updateDoc,
} from "firebase/firestore";
import { isBreakage } from "./breakage";
import { project } from "./project";
import { tellReach } from "./reach";

export type Unsubscribe = () => void;
export type OnFailure = (error: StoreError) => void;

/** `denied`: the rules refuse it; `gone`: no such document; `unreachable`: no answer; `broken`: load the page again. */
export class StoreError extends Error {
  constructor(
    readonly kind: "denied" | "gone" | "unreachable" | "broken" | "other",
    message: string,
  ) {
    super(message);
  }
}

let opening: Promise<Firestore> | undefined;

export function store(): Promise<Firestore> {
  opening ??= project().then(({ app, emulators }) => {
    const db = initializeFirestore(app, { ignoreUndefinedProperties: true });
    if (emulators) {
      const { hostname, port } = new URL(emulators.firestore);
      connectFirestoreEmulator(db, hostname, Number(port));
    }
    return db;
  });
  return opening;
}

function plain(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate();
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
  }
  return value;
}

function document<T>(id: string, data: DocumentData): T {
  return { ...(plain(data) as object), id } as T;
}

const KINDS: Record<string, StoreError["kind"]> = {
  "permission-denied": "denied",
  unauthenticated: "denied",
  "not-found": "gone",
  unavailable: "unreachable",
  "deadline-exceeded": "unreachable",
};

function failure(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code = "", message = String(error) } = (error ?? {}) as { code?: string; message?: string };
  if (isBreakage(error)) return new StoreError("broken", message);
  return new StoreError(KINDS[code] ?? "other", message);
}

async function told<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw failure(error);
  }
}

/** How long a listener that died waits before it is started again, in seconds; the last for ever. */
const AGAIN_SECONDS = [1, 5, 15, 60];

/** Starts a listener, and again when it dies of what may pass; `onFailure` hears of each death. */
function kept(
  begin: (onDeath: (error: unknown) => void) => Promise<Unsubscribe>,
  onFailure: OnFailure,
): Unsubscribe {
  let ended = false;
  let deaths = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: Unsubscribe | undefined;
  const onDeath = (error: unknown) => {
    if (ended) return;
    const why = failure(error);
    onFailure(why);
    if (why.kind === "denied" || why.kind === "broken") return;
    const wait = AGAIN_SECONDS[Math.min(deaths, AGAIN_SECONDS.length - 1)] ?? 60;
    deaths += 1;
    timer = setTimeout(run, wait * 1000);
  };
  const run = () => {
    begin(onDeath).then((unsubscribe) => {
      stop = unsubscribe;
      if (ended) unsubscribe();
    }, onDeath);
  };
  run();
  return () => {
    ended = true;
    clearTimeout(timer);
    stop?.();
  };
}

/** Without the server nothing is known of what is not there: only its own word is passed on. */
const OPTIONS = { includeMetadataChanges: true };

/** A document, now and whenever it changes; null while there is none. */
export function watchDocument<T>(
  path: string,
  onValue: (value: T | null) => void,
  onFailure: OnFailure,
): Unsubscribe {
  return kept(
    async (onDeath) =>
      onSnapshot(
        doc(await store(), path),
        OPTIONS,
        (found) => {
          tellReach(!found.metadata.fromCache);
          if (found.exists()) onValue(document<T>(found.id, found.data()));
          else if (!found.metadata.fromCache) onValue(null);
        },
        onDeath,
      ),
    onFailure,
  );
}

/** The documents of a query, in order, now and whenever one changes. */
export function watchQuery<T>(
  path: string,
  constraints: QueryConstraint[],
  onValues: (values: T[]) => void,
  onFailure: OnFailure,
): Unsubscribe {
  return kept(async (onDeath) => {
    let isKnown = false;
    return onSnapshot(
      query(collection(await store(), path), ...constraints),
      OPTIONS,
      (found) => {
        tellReach(!found.metadata.fromCache);
        if (isKnown ? found.docChanges().length === 0 : found.empty && found.metadata.fromCache) return;
        isKnown = true;
        onValues(found.docs.map((one) => document<T>(one.id, one.data())));
      },
      onDeath,
    );
  }, onFailure);
}

export async function readDocument<T>(path: string): Promise<T | null> {
  const found = await told(getDocFromServer(doc(await store(), path)));
  return found.exists() ? document<T>(found.id, found.data()) : null;
}

export async function readQuery<T>(path: string, ...constraints: QueryConstraint[]): Promise<T[]> {
  const found = await told(getDocsFromServer(query(collection(await store(), path), ...constraints)));
  return found.docs.map((one) => document<T>(one.id, one.data()));
}

export async function count(path: string, ...constraints: QueryConstraint[]): Promise<number> {
  return (await told(getCountFromServer(query(collection(await store(), path), ...constraints)))).data()
    .count;
}

export async function put(path: string, data: object): Promise<void> {
  await told(setDoc(doc(await store(), path), data));
}

/** Set some fields of a document, which is made when there is none. */
export async function merge(path: string, data: object): Promise<void> {
  await told(setDoc(doc(await store(), path), data, { merge: true }));
}

export async function update(path: string, data: object): Promise<void> {
  await told(updateDoc(doc(await store(), path), { ...data }));
}

export async function remove(path: string): Promise<void> {
  await told(deleteDoc(doc(await store(), path)));
}
