import { useEffect, useState } from "preact/hooks";
import { SignInError } from "../../firebase/session";
import { t } from "../../strings";

type Ways = typeof import("../../firebase/google");

/** Who closes the window has not failed at anything. */
const CLOSED = ["popup-closed-by-user", "cancelled-popup-request"];

/** Signing in with Google, where the project has it. */
export function Google({ onProblem }: { onProblem: (problem: string) => void }) {
  const words = t().signIn;
  const [ways, setWays] = useState<Ways | null>(null);
  useEffect(() => {
    let left = false;
    void import("../../firebase/google")
      .then(async (found) => (await found.hasGoogle()) && !left && setWays(found))
      .catch(() => {});
    return () => {
      left = true;
    };
  }, []);
  if (!ways) return null;

  async function signIn() {
    onProblem("");
    try {
      await ways?.signInWithGoogle();
    } catch (error) {
      const code = error instanceof SignInError ? error.code : "";
      if (!CLOSED.includes(code)) onProblem(words.errors[code] ?? words.failed);
    }
  }

  return (
    <button type="button" class="button" onClick={signIn}>
      {words.google}
    </button>
  );
}
