import { ChevronLeft, CircleHelp } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { nameStranger } from "../../api";
import type { Alert, Stranger } from "../../documents";
import { latest } from "../../firebase/alerts";
import { watchStranger } from "../../firebase/house";
import { go, to } from "../../state/route";
import { isOwner } from "../../state/session";
import { fullTime, shortTime } from "../../state/time";
import { deferred, fail } from "../../state/toasts";
import { t } from "../../strings";
import { Empty } from "../../ui/Empty";
import { Face } from "../../ui/Face";
import { WhoDialog } from "../../ui/forms/WhoDialog";
import { Waiting } from "../../ui/Waiting";
import { setIgnored } from "./StrangersPage";

/** One stranger and the visits that are still kept. */
export function StrangerPage({ id }: { id: string }) {
  const words = t().strangers;
  const [stranger, setStranger] = useState<Stranger | null | undefined>(undefined);
  const [alerts, setAlerts] = useState<Alert[]>([]);
  const [naming, setNaming] = useState(false);
  useEffect(() => watchStranger(id, setStranger, () => setStranger(null)), [id]);
  useEffect(() => {
    latest({ strangerId: id }, 30).then(setAlerts, fail);
  }, [id]);
  const places = placesOf(alerts);
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
      <p class="soft" dir="auto">
        {words.between(shortTime(stranger.firstSeenAt), shortTime(stranger.lastSeenAt))}
        {places.length > 0 && ` · ${places.map(([name, count]) => words.at(name, count)).join(", ")}`}
      </p>
      <div class="row wrap">
        {isOwner.value && (
          <>
            <button type="button" class="button main" onClick={() => setNaming(true)}>
              <CircleHelp size={18} aria-hidden="true" /> {t().now.whoIsIt}
            </button>
            <button type="button" class="button" onClick={() => setIgnored(stranger, !stranger.ignored)}>
              {stranger.ignored ? words.takeBack : words.neverMind}
            </button>
          </>
        )}
        {alerts[0] && (
          <a class="button" href={to("strangers", "like", alerts[0].id)}>
            {words.like}
          </a>
        )}
      </div>
      <Visits alerts={alerts} />
      <a class="button" href={`#/?stranger=${encodeURIComponent(id)}`}>
        {words.all}
      </a>
      {naming && (
        <WhoDialog
          onClose={() => setNaming(false)}
          onChosen={(who) => {
            setNaming(false);
            go(to("strangers"), true);
            const asked = "personId" in who ? { person_id: who.personId } : { name: who.name };
            deferred(
              t().now.done.is(who.name),
              () => nameStranger(id, asked),
              () => {},
            );
          }}
        />
      )}
    </div>
  );
}

/** The cameras of some alerts with how many each has, the most first. */
function placesOf(alerts: Alert[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { cameraName } of alerts) counts.set(cameraName, (counts.get(cameraName) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
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
                <time dateTime={alert.lastSeenAt.toISOString()} title={fullTime(alert.lastSeenAt)}>
                  {shortTime(alert.lastSeenAt)}
                </time>
                {note && ` · ${note(alert)}`}
              </span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
