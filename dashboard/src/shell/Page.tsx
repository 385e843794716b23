import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { route } from "../state/route";
import { t } from "../strings";
import { Empty } from "../ui/Empty";
import { Waiting } from "../ui/Waiting";
import { NewAlerts } from "./NewAlerts";

type Load = () => Promise<FunctionComponent>;

/** Each page is loaded when it is first opened. `alerts` is the page of alerts with one of them opened. */
const PAGES: Record<string, Load> = {
  "": () => import("../pages/now/NowPage").then((module) => module.NowPage),
  alerts: () => import("../pages/now/NowPage").then((module) => module.NowPage),
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

export function Page() {
  const name = route.value.path[0] ?? "";
  const load = PAGES[name] ?? PAGES[""];
  const [shown, setShown] = useState<{ load: Load; Shown: FunctionComponent } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let stale = false;
    setFailed(false);
    load?.().then(
      (Shown) => {
        if (!stale) setShown({ load, Shown });
      },
      () => {
        if (!stale) setFailed(true);
      },
    );
    return () => {
      stale = true;
    };
  }, [load]);
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
      <shown.Shown />
      <NewAlerts hidden={name === "" || name === "alerts"} />
    </>
  );
}
