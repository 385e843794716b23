import { ChevronLeft, TriangleAlert, UsersRound } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Alert, Person } from "../../documents";
import { latest, PAGE } from "../../firebase/alerts";
import { people } from "../../state/house";
import { useWatchedPhotos } from "../../state/photos";
import { to } from "../../state/route";
import { isOwner } from "../../state/session";
import { fail } from "../../state/toasts";
import { t } from "../../strings";
import { Empty } from "../../ui/Empty";
import { Face, Portrait } from "../../ui/Face";
import { MissedPhotos } from "../../ui/MissedPhotos";
import { Ago } from "../../ui/Time";
import { Waiting } from "../../ui/Waiting";
import { Details } from "./Details";
import { Leaving } from "./Leaving";
import { Offers } from "./photos/Offers";
import { Photos } from "./photos/Photos";

/** Past alerts that are shown. */
const STRIP = 12;

/** One person: face, photos, what is said of them, and how to be forgotten. */
export function PersonPage({ id }: { id: string }) {
  const words = t().people;
  const { value } = people.value;
  // what an erasure told stays on the screen when the person is gone
  const [left, setLeft] = useState<Person | null>(null);
  const { photos, error } = useWatchedPhotos(id);
  const alerts = useLatestAlerts(id);
  // with the first photo there is a face to show
  const enrolled = photos?.filter((photo) => photo.status === "enrolled").length ?? 0;
  if (!value) return <Waiting />;
  const person = value.find((one) => one.id === id) ?? (left?.id === id ? left : undefined);
  if (!person) {
    return (
      <Empty title={words.detail.gone} icon={UsersRound}>
        <a class="button" href={to("people")}>
          {words.detail.back}
        </a>
      </Empty>
    );
  }
  return (
    <div class="page narrow stack wide-gap">
      <header>
        <a class="button round" href={to("people")} aria-label={words.detail.back}>
          <ChevronLeft aria-hidden="true" />
        </a>
        <Portrait key={`${id} ${enrolled}`} personId={id} alt="" size="72px" round />
        <h1 class="grow" dir="auto">
          {person.name}
        </h1>
      </header>
      {(person.lookalikes ?? []).map((like) => (
        <p class="badge strange block" key={like.personId}>
          <TriangleAlert size={18} aria-hidden="true" /> <b>{words.lookalike(like.name)}.</b>{" "}
          {words.lookalikeHint("")}
        </p>
      ))}
      {isOwner.value && <MissedPhotos personId={id} />}
      <Photos person={person} photos={photos} error={error} />
      {isOwner.value && photos && <Offers alerts={alerts} photos={photos} />}
      <PastAlerts personId={id} alerts={alerts.slice(0, STRIP)} />
      {isOwner.value && <Details person={person} />}
      {isOwner.value && <Leaving person={person} onLeft={() => setLeft(person)} />}
    </div>
  );
}

function useLatestAlerts(personId: string): Alert[] {
  const [alerts, setAlerts] = useState<Alert[]>([]);
  useEffect(() => {
    setAlerts([]);
    latest({ personId }, PAGE).then(setAlerts, fail);
  }, [personId]);
  return alerts;
}

function PastAlerts({ personId, alerts }: { personId: string; alerts: Alert[] }) {
  const words = t().people.detail;
  if (alerts.length === 0) return null;
  return (
    <section class="stack">
      <h2>{words.alerts}</h2>
      <ul class="strip">
        {alerts.map((alert) => (
          <li key={alert.id}>
            <a href={to("alerts", alert.id)}>
              <Face path={alert.facePath} alt={alert.cameraName} size="84px" />
              <span class="small">
                <Ago at={alert.lastSeenAt} />
              </span>
            </a>
          </li>
        ))}
      </ul>
      <a class="button" href={`#/?person=${encodeURIComponent(personId)}`}>
        {t().strangers.all}
      </a>
    </section>
  );
}
