import { ChevronLeft } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Alert, Stranger } from "../../documents";
import { latest } from "../../firebase/alerts";
import { watchStranger } from "../../firebase/house";
import { to } from "../../state/route";
import { fullTime } from "../../state/time";
import { t } from "../../strings";
import { Empty } from "../../ui/Empty";
import { Face } from "../../ui/Face";
import { Waiting } from "../../ui/Waiting";

/** One stranger and the visits that are still kept. */
export function StrangerPage({ id }: { id: string }) {
  const words = t().strangers;
  const [stranger, setStranger] = useState<Stranger | null | undefined>(undefined);
  const [alerts, setAlerts] = useState<Alert[]>([]);
  useEffect(() => watchStranger(id, setStranger, () => setStranger(null)), [id]);
  useEffect(() => {
    latest({ strangerId: id }, 30).then(setAlerts, () => {});
  }, [id]);
  if (stranger === undefined) return <Waiting />;
  if (stranger === null) {
    return (
      <Empty title={words.gone}>
        <a class="button" href={to("strangers")}>
          {words.title}
        </a>
      </Empty>
    );
  }
  return (
    <div class="page narrow stack wide-gap">
      <header>
        <a class="button round" href={to("strangers")} aria-label={words.title}>
          <ChevronLeft aria-hidden="true" />
        </a>
        <Face path={stranger.facePath} alt="" size="72px" round />
        <h1 class="grow">{words.visits(stranger.visits)}</h1>
      </header>
      <Visits alerts={alerts} />
      <a class="button" href={`#/?stranger=${encodeURIComponent(id)}`}>
        {words.all}
      </a>
    </div>
  );
}

/** Alerts as a plain list: face, camera, when. */
export function Visits({ alerts, note }: { alerts: Alert[]; note?: (alert: Alert) => string }) {
  return (
    <ul class="visits">
      {alerts.map((alert) => (
        <li key={alert.id}>
          <a class="choice" href={to("alerts", alert.id)}>
            <Face path={alert.facePath} alt="" size="64px" />
            <span>
              <span dir="auto">
                {alert.isKnown ? `${alert.person}, ${alert.cameraName}` : alert.cameraName}
              </span>
              <br />
              <span class="soft small plain-weight">
                {fullTime(alert.lastSeenAt)} {note?.(alert)}
              </span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
