import { NobodyPage } from "./pages/signin/NobodyPage";
import { SignInPage } from "./pages/signin/SignInPage";
import { Banner } from "./shell/Banner";
import { Nav } from "./shell/Nav";
import { Page } from "./shell/Page";
import { startFailed, startSession, user } from "./state/session";
import { t } from "./strings";
import { Empty } from "./ui/Empty";
import { Toasts } from "./ui/Toasts";
import { Waiting } from "./ui/Waiting";

/** The whole of the page: signed in and let in, or what stands in its place. */
export function App() {
  if (startFailed.value) {
    return (
      <main>
        <Empty title={t().start.failed} hint={t().start.hint}>
          <button type="button" class="button main" onClick={startSession}>
            {t().again}
          </button>
        </Empty>
      </main>
    );
  }
  if (user.value === undefined) return <Waiting />;
  if (user.value === null) return <SignInPage />;
  if (user.value.role === null) return <NobodyPage email={user.value.email} />;
  return (
    <div class="shell">
      <button type="button" class="button main skip" onClick={toMain}>
        {t().nav.skip}
      </button>
      <Banner />
      <Nav />
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
      <Toasts />
    </div>
  );
}

function toMain(): void {
  document.getElementById("main")?.focus();
}
