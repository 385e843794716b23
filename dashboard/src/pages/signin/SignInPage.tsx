import { useState } from "preact/hooks";
import { SignInError, sendReset, signIn } from "../../firebase/session";
import { t } from "../../strings";
import { Logo } from "../../ui/Logo";
import { Google } from "./Google";

/** E-mail and password, or a link to a new password. */
export function SignInPage() {
  const words = t().signIn;
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [forgot, setForgot] = useState(false);
  const [message, setMessage] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    setMessage("");
    try {
      if (forgot) {
        await sendReset(email.trim());
        setMessage(words.sent(email.trim()));
      } else {
        await signIn(email.trim(), password);
      }
    } catch (error) {
      const code = error instanceof SignInError ? error.code : "";
      // whether there is such an account is nobody's business
      if (forgot && code === "user-not-found") setMessage(words.sent(email.trim()));
      else setProblem(words.errors[code] ?? words.failed);
    }
    setBusy(false);
  }

  function turn() {
    setForgot(!forgot);
    setProblem("");
    setMessage("");
  }

  return (
    <main class="gate">
      <form class="card stack" onSubmit={submit}>
        <div class="row">
          <Logo size={52} />
          <div>
            <h1>{forgot ? words.forgotTitle : t().name}</h1>
            <p class="soft">{forgot ? words.forgotHint : words.lead}</p>
          </div>
        </div>
        <label class="field">
          {words.email}
          <input
            class="input"
            type="email"
            name="email"
            autocomplete="username"
            required
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </label>
        {!forgot && (
          <label class="field">
            {words.password}
            <input
              class="input"
              type="password"
              name="password"
              autocomplete="current-password"
              required
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
          </label>
        )}
        <div aria-live="assertive">{problem && <p class="badge bad block">{problem}</p>}</div>
        <div aria-live="polite">{message && <p class="badge good block">{message}</p>}</div>
        <button type="submit" class="button main" disabled={busy}>
          {busy ? t().loading : forgot ? words.send : words.submit}
        </button>
        {!forgot && <Google onProblem={setProblem} />}
        <button type="button" class="button plain" onClick={turn}>
          {forgot ? words.toSignIn : words.forgot}
        </button>
      </form>
    </main>
  );
}
