import { useEffect, useState } from "preact/hooks";
import { type Similar, similarAlerts } from "../../api";
import type { Alert } from "../../documents";
import { PAGE, readAlert } from "../../firebase/alerts";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Empty } from "../../ui/Empty";
import { Waiting } from "../../ui/Waiting";
import { percent } from "../now/words";
import { Visits } from "./StrangerPage";

/** The distance from which on nobody would take two faces for one; they are shown when asked for. */
const UNLIKE = 0.7;

/** Those that are still there. */
async function readAll(similar: Similar[]): Promise<Alert[]> {
  const read = await Promise.all(similar.map((one) => readAlert(one.alert_id)));
  return read.filter((one): one is Alert => one !== null);
}

/** Past alerts whose faces are nearest to that of one alert. */
export function SimilarPage({ alertId }: { alertId: string }) {
  const words = t().strangers;
  const [found, setFound] = useState<Alert[] | null>(null);
  const [near, setNear] = useState<ReadonlyMap<string, number>>(new Map());
  const [rest, setRest] = useState<Similar[]>([]);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    setFound(null);
    setRest([]);
    setProblem("");
    (async () => {
      try {
        const { alerts } = await similarAlerts(alertId);
        setNear(new Map(alerts.map((one) => [one.alert_id, one.distance])));
        const like = alerts.filter((one) => one.distance < UNLIKE).slice(0, PAGE);
        setFound(await readAll(like));
        setRest(alerts.slice(like.length));
      } catch (error) {
        setProblem(inWords(error));
      }
    })();
  }, [alertId]);
  async function more() {
    try {
      const read = await readAll(rest);
      setFound((before) => [...(before ?? []), ...read]);
      setRest([]);
    } catch (error) {
      setProblem(inWords(error));
    }
  }

  return (
    <div class="page narrow">
      <header>
        <h1>{words.like}</h1>
      </header>
      <p class="soft">{words.likeHint}</p>
      {problem && <p class="badge bad block">{problem}</p>}
      {!found && !problem && <Waiting />}
      {found?.length === 0 && <Empty title={words.likeNone} />}
      {found && (
        <Visits
          alerts={found}
          note={(alert) => words.near(percent(Math.max(0, 1 - (near.get(alert.id) ?? 1))))}
        />
      )}
      {found && rest.length > 0 && (
        <button type="button" class="button" onClick={more}>
          {(found.length ? t().people.more : words.likeAnyway)(rest.length)}
        </button>
      )}
    </div>
  );
}
