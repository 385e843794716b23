/** Who is signed in, and as what. */
import {
  type Auth,
  browserLocalPersistence,
  connectAuthEmulator,
  signOut as firebaseSignOut,
  indexedDBLocalPersistence,
  initializeAuth,
  inMemoryPersistence,
  onIdTokenChanged,
  sendPasswordResetEmail,
  signInWithEmailAndPassword,
} from "firebase/auth";
import { onLeaving } from "../device/leaving";
import { project } from "./project";

export type Role = "owner" | "viewer";

export interface User {
  uid: string;
  email: string;
  /** null: signed in, but nobody has let them in yet. */
  role: Role | null;
}

/** How often a role that was given or taken is asked for while the page is seen. */
const ROLE_SECONDS = 40;

async function start(): Promise<Auth> {
  const { app, emulators } = await project();
  // the first that the browser allows: with all storage blocked the session lasts as long as the page
  const persistence = [indexedDBLocalPersistence, browserLocalPersistence, inMemoryPersistence];
  const auth = initializeAuth(app, { persistence });
  if (emulators) connectAuthEmulator(auth, emulators.auth, { disableWarnings: true });
  return auth;
}

let starting: Promise<Auth> | undefined;

export function auth(): Promise<Auth> {
  starting ??= start().catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

/** Calls `onUser` with who is signed in, now and whenever that or the role changes; null for nobody. */
export async function watchUser(onUser: (user: User | null) => void): Promise<void> {
  const session = await auth();
  onIdTokenChanged(session, async (user) => {
    if (!user) {
      latestToken = null;
      return onUser(null);
    }
    const { claims, token } = await user.getIdTokenResult();
    latestToken = token;
    const role = claims.role === "owner" || claims.role === "viewer" ? claims.role : null;
    onUser({ uid: user.uid, email: user.email ?? "", role });
  });
  const refresh = () => {
    if (document.visibilityState === "visible") void refreshRole();
  };
  setInterval(refresh, ROLE_SECONDS * 1000);
  document.addEventListener("visibilitychange", refresh);
}

/** Ask for a new token at once: it carries the role of this moment. False when there is no network. */
export async function refreshRole(): Promise<boolean> {
  const session = await auth();
  try {
    await session.currentUser?.getIdToken(true);
    return true;
  } catch (error) {
    const code = codeOf(error);
    // the account was deleted or disabled, or all its sessions were ended
    if (["user-token-expired", "user-disabled", "user-not-found"].includes(code))
      await firebaseSignOut(session);
    return false;
  }
}

let latestToken: string | null = null;

/** A page that is there after so long has not gone. */
const LEAVING_MILLISECONDS = 5_000;

let isLeaving = false;

onLeaving(() => {
  isLeaving = true;
  // it may be shown again, or never have gone
  setTimeout(() => {
    isLeaving = false;
  }, LEAVING_MILLISECONDS);
});

/** The ID token of before, at once: a page that is being left waits for nothing. Null for one that stays. */
export function tokenWhileLeaving(): string | null {
  return isLeaving ? latestToken : null;
}

/** The ID token to send along with a call; null when nobody is signed in. */
export async function idToken(): Promise<string | null> {
  const user = (await auth()).currentUser;
  return user ? user.getIdToken() : null;
}

/** Why signing in failed: Firebase's code without its prefix, such as `invalid-credential`. */
export class SignInError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

export function signIn(email: string, password: string): Promise<void> {
  return told(async () => {
    await signInWithEmailAndPassword(await auth(), email, password);
  });
}

export function sendReset(email: string): Promise<void> {
  return told(async () => sendPasswordResetEmail(await auth(), email));
}

export async function signOut(): Promise<void> {
  await firebaseSignOut(await auth());
}

/** Passes on why a step failed, as a `SignInError`. */
export async function told(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    throw new SignInError(codeOf(error));
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code.replace("auth/", "") : "internal-error";
}
