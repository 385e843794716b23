import { useState } from "preact/hooks";
import { type Traces as Found, findTraces } from "../../api";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";

/** After an erasure: whether anything is left, looked for in all that is stored. */
export function Traces({ personId, name }: { personId: string; name: string }) {
  const words = t().people.detail.traces;
  const [found, setFound] = useState<Found | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function look() {
    setBusy(true);
    setProblem("");
    try {
      setFound(await findTraces(personId, name));
    } catch (error) {
      setProblem(inWords(error));
    }
    setBusy(false);
  }

  return (
    <>
      <p class="soft small">{words.hint}</p>
      <button type="button" class="button" disabled={busy} onClick={look}>
        {busy ? words.looking : words.look}
      </button>
      <div role="status">
        {problem && <p class="badge bad block">{problem}</p>}
        {found && (
          <p class={found.count === 0 ? "badge good block" : "badge bad block"}>
            {found.count === 0 ? words.none : words.some(found.count)}
          </p>
        )}
      </div>
      {found && found.count > 0 && <pre class="block">{found.traces.join("\n")}</pre>}
    </>
  );
}
