import { useEffect, useState } from "preact/hooks";
import { similarAlerts } from "../../api";
import type { Alert } from "../../documents";
import { readAlert } from "../../firebase/alerts";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Empty } from "../../ui/Empty";
import { Waiting } from "../../ui/Waiting";
import { percent } from "../now/words";
import { Visits } from "./StrangerPage";

/** Past alerts whose faces are nearest to that of one alert. */
export function SimilarPage({ alertId }: { alertId: string }) {
  const words = t().strangers;
  const [found, setFound] = useState<Alert[] | null>(null);
  const [near, setNear] = useState<ReadonlyMap<string, number>>(new Map());
  const [problem, setProblem] = useState("");
  useEffect(() => {
    setFound(null);
    setProblem("");
    (async () => {
      try {
        const { alerts } = await similarAlerts(alertId);
        setNear(new Map(alerts.map((one) => [one.alert_id, one.distance])));
        const read = await Promise.all(alerts.slice(0, 30).map((one) => readAlert(one.alert_id)));
        setFound(read.filter((one): one is Alert => one !== null));
      } catch (error) {
        setProblem(inWords(error));
      }
    })();
  }, [alertId]);
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
    </div>
  );
}
