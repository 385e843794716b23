import { Merge } from "lucide-preact";
import { useState } from "preact/hooks";
import { ignoreStranger, mergeStranger, nameStranger } from "../../api";
import type { Stranger } from "../../documents";
import { strangers } from "../../state/house";
import { route } from "../../state/route";
import { isOwner } from "../../state/session";
import { deferred, inWords, reversible } from "../../state/toasts";
import { t } from "../../strings";
import { Empty } from "../../ui/Empty";
import { SelectButton } from "../../ui/forms/SelectButton";
import { WhoDialog } from "../../ui/forms/WhoDialog";
import { Waiting } from "../../ui/Waiting";
import { SimilarPage } from "./SimilarPage";
import { StrangerPage } from "./StrangerPage";
import { StrangerTile } from "./StrangerTile";

/** Who came and is nobody known: how often, when; to be named, merged, or never minded. */
export function StrangersPage() {
  const [, id, alertId] = route.value.path;
  if (id === "like" && alertId) return <SimilarPage alertId={alertId} />;
  if (id) return <StrangerPage id={id} />;
  return <Everybody />;
}

/** Never minds a stranger, or takes notice again; can be undone. */
export async function setIgnored(stranger: Stranger, ignored: boolean): Promise<void> {
  const words = t().strangers;
  await reversible(ignored ? words.ignoredDone : words.backDone, async () => {
    await ignoreStranger(stranger.id, ignored);
    return () => ignoreStranger(stranger.id, !ignored);
  });
}

function Everybody() {
  const words = t().strangers;
  const { value, error } = strangers.value;
  const [showIgnored, setShowIgnored] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null);
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [naming, setNaming] = useState<Stranger | null>(null);
  const there = (value ?? []).filter((one) => !gone.has(one.id) && !one.personId);
  const shown = there.filter((one) => one.ignored === showIgnored);
  const anyIgnored = there.some((one) => one.ignored);

  function leave(id: string, text: string, step: () => Promise<unknown>) {
    setGone(new Set([...gone, id]));
    const back = () => setGone((before) => new Set([...before].filter((one) => one !== id)));
    deferred(text, step, back);
  }

  function merge(id: string, into: string) {
    setSelected(null);
    if (id !== into) leave(id, words.merged, () => mergeStranger(id, into));
  }

  function toggle(id: string) {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  }

  const [one, other] = selected ? [...selected] : [];
  return (
    <div class="page">
      <header>
        <h1 class="grow">{words.title}</h1>
        {isOwner.value && shown.length > 1 && (
          <SelectButton
            selecting={selected !== null}
            onTurn={() => setSelected(selected ? null : new Set())}
          />
        )}
      </header>
      {anyIgnored && (
        <div class="chips">
          <button
            type="button"
            class="chip"
            aria-pressed={showIgnored}
            onClick={() => setShowIgnored(!showIgnored)}
          >
            {words.showIgnored}
          </button>
        </div>
      )}
      {error && <p class="badge bad block">{inWords(error)}</p>}
      {!value && !error && <Waiting />}
      {value && shown.length === 0 && <Empty title={words.empty} hint={words.emptyHint} />}
      {selected && <p class="soft">{words.select}</p>}
      <ul class="tiles">
        {shown.map((stranger) => (
          <StrangerTile
            key={stranger.id}
            stranger={stranger}
            selected={selected ? selected.has(stranger.id) : null}
            onSelect={() => toggle(stranger.id)}
            onName={() => setNaming(stranger)}
            onDropped={(id) => merge(id, stranger.id)}
          />
        ))}
      </ul>
      {selected && (
        <div class="selection" role="toolbar" aria-label={t().now.select}>
          <b class="grow">{t().now.selected(selected.size)}</b>
          <button
            type="button"
            class="button main"
            disabled={selected.size !== 2}
            onClick={() => one && other && merge(one, other)}
          >
            <Merge size={20} aria-hidden="true" /> {words.merge}
          </button>
        </div>
      )}
      {naming && (
        <WhoDialog
          onClose={() => setNaming(null)}
          onChosen={(who) => {
            setNaming(null);
            const asked = "personId" in who ? { person_id: who.personId } : { name: who.name };
            leave(naming.id, t().now.done.is(who.name), () => nameStranger(naming.id, asked));
          }}
        />
      )}
    </div>
  );
}
