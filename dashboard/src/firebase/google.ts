/** Signing in with Google; loaded only where nobody is signed in. */
import { browserPopupRedirectResolver, GoogleAuthProvider, signInWithPopup } from "firebase/auth";
import { project } from "./project";
import { auth, told } from "./session";

const GOOGLE = "google.com";

/** Whether the project has Google among its ways of signing in: Firebase itself says so. */
export async function hasGoogle(): Promise<boolean> {
  try {
    const { app, emulators } = await project();
    const host = emulators
      ? `${emulators.auth}/identitytoolkit.googleapis.com`
      : "https://identitytoolkit.googleapis.com";
    const answer = await fetch(`${host}/v1/accounts:createAuthUri?key=${app.options.apiKey}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ providerId: GOOGLE, continueUri: location.origin }),
    });
    return answer.ok && Boolean(((await answer.json()) as { authUri?: string }).authUri);
  } catch {
    return false;
  }
}

export function signInWithGoogle(): Promise<void> {
  return told(async () => {
    await signInWithPopup(await auth(), new GoogleAuthProvider(), browserPopupRedirectResolver);
  });
}
