import { useEffect, useState } from "preact/hooks";
import type { Alert } from "../../documents";
import { DAY_MINUTES, minutesOn } from "../../domain/calendar";
import { latestSince, PAGE } from "../../firebase/alerts";
import { serverNow } from "../../firebase/project";
import { peopleByName } from "../../state/house";
import { to } from "../../state/route";
import { clock, dayOf, shortDay, zone } from "../../state/time";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Waiting } from "../../ui/Waiting";

const DAYS = 7;
const HOURS = [0, 6, 12, 18, 24];
const DAY_MILLISECONDS = 86_400_000;

/** Pages of alerts that are read for a week, at most. */
const PAGES = 5;

/** Somebody's comings and goings, a line per day. */
export function Week() {
  const words = t().statistics;
  const [personId, setPersonId] = useState("");
  const [alerts, setAlerts] = useState<Alert[] | null>(null);
  const [problem, setProblem] = useState("");
  const chosen = personId || (peopleByName.value[0]?.id ?? "");
  useEffect(() => {
    if (!chosen) return;
    let ended = false;
    setAlerts(null);
    setProblem("");
    const since = new Date(serverNow().getTime() - DAYS * DAY_MILLISECONDS);
    latestSince({ personId: chosen }, since, PAGES).then(
      (found) => ended || setAlerts(found),
      (error: unknown) => ended || setProblem(inWords(error)),
    );
    return () => {
      ended = true;
    };
  }, [chosen]);
  if (!chosen) return null;
  const days = Array.from({ length: DAYS }, (_, back) =>
    dayOf(new Date(serverNow().getTime() - back * DAY_MILLISECONDS)),
  );
  const of = (day: string) =>
    (alerts ?? []).flatMap((alert) => {
      const span = minutesOn(day, alert.firstSeenAt, alert.lastSeenAt, zone.value);
      return span ? [{ alert, ...span }] : [];
    });
  return (
    <section class="card stack">
      <h2>{words.week}</h2>
      <label class="field">
        {words.weekOf}
        <select class="input" value={chosen} onChange={(event) => setPersonId(event.currentTarget.value)}>
          {peopleByName.value.map((person) => (
            <option value={person.id} key={person.id}>
              {person.name}
            </option>
          ))}
        </select>
      </label>
      {problem && <p class="badge bad block">{problem}</p>}
      {!alerts && !problem && <Waiting />}
      {alerts && days.every((day) => of(day).length === 0) && <p class="soft">{words.weekNone}</p>}
      {alerts && alerts.length >= PAGES * PAGE && <p class="soft small">{words.weekMore(alerts.length)}</p>}
      <div class="week">
        <span />
        <span class="hours soft small" aria-hidden="true">
          {HOURS.map((hour) => (
            <span key={hour}>{hour}</span>
          ))}
        </span>
        {days.map((day) => (
          <>
            <span class="small">{shortDay(day)}</span>
            <span class="track">
              {of(day).map(({ alert, from, to: until }) => {
                const length = Math.max(1, until - from);
                const when = `${clock(alert.firstSeenAt)}, ${alert.cameraName}`;
                return (
                  <a
                    class="visit"
                    key={alert.id}
                    href={to("alerts", alert.id)}
                    title={when}
                    style={{
                      left: `${(from / DAY_MINUTES) * 100}%`,
                      width: `${(length / DAY_MINUTES) * 100}%`,
                    }}
                  >
                    <span class="unseen">{when}</span>
                  </a>
                );
              })}
            </span>
          </>
        ))}
      </div>
    </section>
  );
}
