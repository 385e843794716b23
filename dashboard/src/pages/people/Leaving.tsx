import { Download, Eraser, Merge, UserRoundX } from "lucide-preact";
import { useState } from "preact/hooks";
import { erasePerson, exportPerson, mergePerson, type Receipt } from "../../api";
import type { Person } from "../../documents";
import { removePerson } from "../../firebase/people";
import { readPicture } from "../../firebase/pictures";
import { go, route, to } from "../../state/route";
import { deferred, fail, inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Dialog } from "../../ui/Dialog";
import { WhoDialog } from "../../ui/forms/WhoDialog";
import { save } from "../now/sharing";
import { Traces } from "./Traces";

/** All of a person to take along, to move to another, or to be forgotten. */
export function Leaving({ person, onLeft }: { person: Person; onLeft: () => void }) {
  const words = t().people.detail;
  const [open, setOpen] = useState<"merge" | "erase" | null>(null);
  const [exporting, setExporting] = useState(false);

  async function take() {
    setExporting(true);
    try {
      const { path, name } = await exportPerson(person.id);
      save(await readPicture(path), name);
    } catch (error) {
      fail(error);
    }
    setExporting(false);
  }

  return (
    <section class="card stack">
      <Line
        icon={<Download aria-hidden="true" />}
        title={words.export}
        hint={words.exportHint}
        onClick={take}
        busy={exporting}
      />
      <Line
        icon={<Merge aria-hidden="true" />}
        title={words.merge}
        hint={words.mergeHint}
        onClick={() => setOpen("merge")}
      />
      <Line
        icon={<UserRoundX aria-hidden="true" />}
        title={words.remove}
        hint={words.removeHint}
        onClick={() => {
          go(to("people"));
          deferred(
            words.removed,
            () => removePerson(person.id),
            () => {},
          );
        }}
      />
      <Line
        icon={<Eraser aria-hidden="true" />}
        title={words.erase}
        hint={words.eraseHint}
        onClick={() => {
          onLeft();
          setOpen("erase");
        }}
      />
      {open === "merge" && (
        <WhoDialog
          title={words.merge}
          without={person.id}
          mayBeNew={false}
          onClose={() => setOpen(null)}
          onChosen={(who) => {
            setOpen(null);
            if (!("personId" in who)) return;
            go(to("people", who.personId));
            deferred(
              words.merged(who.name),
              () => mergePerson(person.id, who.personId),
              () => {},
            );
          }}
        />
      )}
      {open === "erase" && <Erase person={person} onClose={() => setOpen(null)} />}
    </section>
  );
}

interface LineProps {
  icon: preact.JSX.Element;
  title: string;
  hint: string;
  onClick: () => void;
  busy?: boolean;
}

function Line({ icon, title, hint, onClick, busy = false }: LineProps) {
  return (
    <button type="button" class="choice" disabled={busy} onClick={onClick}>
      {icon}
      <span>
        {busy ? t().loading : title}
        <br />
        <span class="soft small plain-weight">{hint}</span>
      </span>
    </button>
  );
}

function Erase({ person, onClose }: { person: Person; onClose: () => void }) {
  const words = t().people.detail;
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [receipt, setReceipt] = useState<Receipt | null>(null);

  async function erase(event: Event) {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      setReceipt(await erasePerson(person.id));
    } catch (error) {
      setProblem(inWords(error));
    }
    setBusy(false);
  }

  /** To all people, unless a link of a message has led elsewhere already. */
  function leave() {
    if (route.peek().path[1] === person.id) go(to("people"));
  }

  if (receipt) {
    return (
      <Dialog title={words.receipt} onClose={leave}>
        <p>{words.receiptHint(receipt.receipt_id)}</p>
        <table class="table">
          <tbody>
            {Object.entries(receipt.counts).map(([what, count]) => (
              <tr key={what}>
                <th scope="row">{words.counts[what] ?? what}</th>
                <td>{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {!!receipt.soft_delete_days && (
          <p class="badge bad block">{words.softDelete(receipt.soft_delete_days)}</p>
        )}
        <Traces personId={person.id} name={person.name} />
        <a class="button main" href={to("people")}>
          {t().people.done}
        </a>
      </Dialog>
    );
  }
  return (
    <Dialog title={words.erase} onClose={onClose}>
      <form class="stack" onSubmit={erase}>
        <p>{words.eraseHint}</p>
        <label class="field">
          <span dir="auto">{words.eraseAsk(person.name)}</span>
          <input
            class="input"
            dir="auto"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        {problem && <p class="badge bad block">{problem}</p>}
        <div class="row">
          <button type="button" class="button" onClick={onClose}>
            {t().cancel}
          </button>
          <button type="submit" class="button bad main grow" disabled={busy || typed.trim() !== person.name}>
            {busy ? words.erasing : words.eraseDo}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
