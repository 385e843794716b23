import { useState } from "preact/hooks";
import type { Receipt } from "../../documents";
import { latestReceipts } from "../../firebase/house";
import { fullTime } from "../../state/time";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Waiting } from "../../ui/Waiting";

/** What past erasures took, without saying of whom; read once somebody opens it. */
export function Receipts() {
  const words = t().settings.receipts;
  const counts = t().people.detail.counts;
  const [found, setFound] = useState<Receipt[] | null>(null);
  const [problem, setProblem] = useState("");
  const [open, setOpen] = useState(false);

  function turn(isOpen: boolean) {
    setOpen(isOpen);
    if (!isOpen) return;
    setProblem("");
    latestReceipts().then(setFound, (error: unknown) => setProblem(inWords(error)));
  }

  return (
    <section class="card stack">
      <details onToggle={(event) => turn(event.currentTarget.open)}>
        <summary>{words.title}</summary>
        {problem && <p class="badge bad block">{problem}</p>}
        {open && !found && !problem && <Waiting />}
        {found?.length === 0 && <p class="soft">{words.none}</p>}
        <ul class="visits stack">
          {found?.map((one) => (
            <li key={one.id}>
              <b>{fullTime(one.erasedAt)}</b>
              <br />
              <span class="soft small">
                {words.number(one.id)}{" "}
                {Object.entries(one.counts)
                  .filter(([, count]) => count > 0)
                  .map(([what, count]) => `${counts[what] ?? what}: ${count}`)
                  .join(", ")}
              </span>
              {!!one.softDeleteDays && (
                <p class="small">{t().people.detail.softDelete(one.softDeleteDays)}</p>
              )}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
