import type { ComponentChildren, FunctionComponent } from "preact";
import { useEffect, useErrorBoundary, useRef, useState } from "preact/hooks";
import { route } from "../state/route";
import { language, t } from "../strings";
import { Empty } from "../ui/Empty";
import { Waiting } from "../ui/Waiting";
import { HouseZone, NewAlerts } from "./NewAlerts";

type Load = () => Promise<FunctionComponent>;

const now: Load = () => import("../pages/now/NowPage").then((module) => module.NowPage);

/** Each page is loaded when it is first opened. `alerts` is the page of alerts with one of them opened. */
const PAGES: Record<string, Load> = {
  "": now,
  alerts: now,
  people: () => import("../pages/people/PeoplePage").then((module) => module.PeoplePage),
  strangers: () => import("../pages/strangers/StrangersPage").then((module) => module.StrangersPage),
  cameras: () => import("../pages/cameras/CamerasPage").then((module) => module.CamerasPage),
  statistics: () => import("../pages/statistics/StatisticsPage").then((module) => module.StatisticsPage),
  status: () => import("../pages/statistics/StatusPage").then((module) => module.StatusPage),
  settings: () => import("../pages/settings/SettingsPage").then((module) => module.SettingsPage),
  more: () => import("../pages/settings/MorePage").then((module) => module.MorePage),
  welcome: () => import("../pages/welcome/WelcomePage").then((module) => module.WelcomePage),
  phone: () => import("../pages/welcome/PhonePage").then((module) => module.PhonePage),
};

/** What the browser's tab is called. */
function titleOf(name: string): string {
  const { nav, status, welcome, phone } = t();
  const titles: Record<string, string> = {
    ...nav,
    status: status.title,
    welcome: welcome.again,
    phone: phone.title,
  };
  return `${(PAGES[name] && titles[name]) || nav.now} · ${t().name}`;
}

export function Page() {
  const name = route.value.path[0] ?? "";
  const load = PAGES[name] ?? PAGES[""];
  const [shown, setShown] = useState<{ name: string; Shown: FunctionComponent } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let stale = false;
    setFailed(false);
    load?.().then(
      (Shown) => {
        if (!stale) setShown({ name, Shown });
      },
      () => {
        if (!stale) setFailed(true);
      },
    );
    return () => {
      stale = true;
    };
  }, [load]);
  useEffect(() => {
    document.title = titleOf(name);
  }, [name, language.value]);
  if (failed) {
    return (
      <Empty title={t().start.failed} hint={t().start.hint}>
        <button type="button" class="button main" onClick={() => location.reload()}>
          {t().again}
        </button>
      </Empty>
    );
  }
  // the page of before stays until the next is there
  if (!shown) return <Waiting />;
  return (
    <>
      <Shielded key={shown.name}>
        <shown.Shown />
      </Shielded>
      <HouseZone />
      <NewAlerts hidden={name === "" || name === "alerts"} />
    </>
  );
}

/** What cannot be shown says so, in place of a page that stands still; the others go on. */
function Shielded({ children }: { children: ComponentChildren }) {
  const [error, reset] = useErrorBoundary();
  const address = route.value;
  const tried = useRef(address);
  useEffect(() => {
    // another address is another chance, but the first is none: it has just failed
    if (tried.current !== address) reset();
    tried.current = address;
  }, [address]);
  if (!error) return <>{children}</>;
  return (
    <Empty title={t().crashed.title} hint={t().crashed.hint}>
      <button type="button" class="button main" onClick={() => location.reload()}>
        {t().again}
      </button>
    </Empty>
  );
}
