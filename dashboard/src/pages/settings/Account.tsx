import { LogOut } from "lucide-preact";
import { useState } from "preact/hooks";
import { signOutEverywhere } from "../../api";
import { setTheme, type Theme, theme } from "../../device/theme";
import { signOut } from "../../firebase/session";
import { to } from "../../state/route";
import { user } from "../../state/session";
import { fail } from "../../state/toasts";
import { LANGUAGES, type Language, language, setLanguage, t } from "../../strings";
import { Confirm } from "../../ui/Confirm";
import { PushHere } from "./PushHere";

const THEMES: Theme[] = ["auto", "light", "dark"];

/** This screen, what it costs, and who looks at it. */
export function Account() {
  const words = t().settings;
  const role = user.value?.role ?? "viewer";
  const [asking, setAsking] = useState(false);

  async function signOutAll() {
    setAsking(false);
    try {
      await signOutEverywhere();
      await signOut();
    } catch (error) {
      fail(error);
    }
  }

  return (
    <>
      <section class="card stack">
        <h2>{words.look}</h2>
        <fieldset class="choice-row">
          <legend>{words.theme}</legend>
          {THEMES.map((one) => (
            <label class="chip" key={one}>
              <input type="radio" name="theme" checked={theme.value === one} onChange={() => setTheme(one)} />
              {words.themes[one]}
            </label>
          ))}
        </fieldset>
        <label class="field">
          {words.language}
          <select
            class="input"
            value={language.value}
            onChange={(event) => setLanguage(event.currentTarget.value as Language)}
          >
            {Object.entries(LANGUAGES).map(([key, name]) => (
              <option value={key} key={key} lang={key}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </section>
      <section class="card stack">
        <h2>{words.push.title}</h2>
        <PushHere />
      </section>
      <section class="card stack">
        <h2>{words.cost}</h2>
        <p class="soft">{words.costHint}</p>
      </section>
      <section class="card stack">
        <h2>{words.account}</h2>
        <p>
          {words.signedInAs(user.value?.email ?? "")} <span class="badge">{words.roles[role]}</span>
        </p>
        <div class="row wrap">
          <a class="button" href={to("welcome")}>
            {t().welcome.again}
          </a>
          <button type="button" class="button" onClick={() => void signOut()}>
            <LogOut size={20} aria-hidden="true" /> {t().signOut}
          </button>
          <button type="button" class="button" onClick={() => setAsking(true)}>
            {words.signOutAll}
          </button>
        </div>
        {asking && (
          <Confirm
            title={words.signOutAll}
            text={words.signOutAllAsk}
            onYes={signOutAll}
            onClose={() => setAsking(false)}
          />
        )}
      </section>
    </>
  );
}
