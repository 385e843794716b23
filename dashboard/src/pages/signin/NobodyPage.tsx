import { useState } from "preact/hooks";
import { refreshRole, signOut } from "../../firebase/session";
import { t } from "../../strings";
import { Logo } from "../../ui/Logo";

/** Signed in, but without a role: who can let them in, and nothing else. */
export function NobodyPage({ email }: { email: string }) {
  const words = t().nobody;
  const [looked, setLooked] = useState(false);

  async function look() {
    setLooked(false);
    await refreshRole();
    // where it was given, this page is gone by now
    setLooked(true);
  }

  return (
    <main class="gate">
      <div class="card stack">
        <div class="row">
          <Logo size={52} />
          <h1>{words.title}</h1>
        </div>
        <p>{words.lead(email)}</p>
        <p class="soft">{words.first}</p>
        <pre class="block">scripts/grant {email} owner</pre>
        <p class="soft">{words.waiting}</p>
        <p aria-live="polite">{looked && words.notYet}</p>
        <button type="button" class="button main" onClick={look}>
          {words.check}
        </button>
        <button type="button" class="button plain" onClick={() => void signOut()}>
          {t().signOut}
        </button>
      </div>
    </main>
  );
}
