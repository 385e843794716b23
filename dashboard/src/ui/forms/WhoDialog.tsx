import { UserRoundPlus } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { folded } from "../../domain/folded";
import { peopleByName } from "../../state/house";
import { t } from "../../strings";
import { Dialog } from "../Dialog";
import { Portrait } from "../Face";

/** As many as anybody looks through; typing finds the rest. */
const SHOWN = 40;

interface Props {
  onClose: () => void;
  onChosen: (who: { personId: string; name: string } | { name: string }) => void;
  /** Somebody who cannot be meant. */
  without?: string;
  /** Somebody new may be named. */
  mayBeNew?: boolean;
  title?: string;
  /** What else may be chosen, below the people, while nobody is looked for. */
  below?: ComponentChildren;
}

/** Who it is: typed ahead over people, each with a face, or a new name. */
export function WhoDialog({ onClose, onChosen, without, mayBeNew = true, title, below }: Props) {
  const words = t().now.who;
  const list = useId();
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const name = text.trim();
  const everybody = peopleByName.value.filter((person) => person.id !== without);
  const found = everybody.filter((person) => folded(person.name).includes(folded(name))).slice(0, SHOWN);
  const isNew = mayBeNew && name !== "" && !everybody.some((person) => folded(person.name) === folded(name));
  const count = found.length + (isNew ? 1 : 0);

  function choose(index: number) {
    const person = found[index];
    if (person) onChosen({ personId: person.id, name: person.name });
    else if (isNew) onChosen({ name });
  }

  function onKey(event: KeyboardEvent) {
    if (event.key === "ArrowDown") setActive(Math.min(active + 1, count - 1));
    else if (event.key === "ArrowUp") setActive(Math.max(active - 1, 0));
    else if (event.key === "Enter") choose(active);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title={title ?? words.title} onClose={onClose}>
      <label class="field">
        {words.search}
        <input
          class="input"
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={count > 0 ? `${list}-${active}` : undefined}
          autocomplete="off"
          maxLength={100}
          dir="auto"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKey}
        />
        {mayBeNew && <span class="hint soft small">{everybody.length > 0 ? words.hint : words.none}</span>}
      </label>
      <div class="choices" id={list} role="listbox" aria-label={words.title}>
        {found.map((person, index) => (
          <button
            type="button"
            class="choice"
            role="option"
            tabIndex={-1}
            id={`${list}-${index}`}
            key={person.id}
            aria-selected={index === active}
            onClick={() => choose(index)}
          >
            <Portrait personId={person.id} alt="" size="48px" round />
            <span dir="auto">{person.name}</span>
          </button>
        ))}
        {isNew && (
          <button
            type="button"
            class="choice"
            role="option"
            tabIndex={-1}
            id={`${list}-${found.length}`}
            aria-selected={active === found.length}
            onClick={() => choose(found.length)}
          >
            <UserRoundPlus size={30} aria-hidden="true" />
            <span dir="auto">{words.newPerson(name)}</span>
          </button>
        )}
      </div>
      {name === "" && below}
      <button type="button" class="button" onClick={onClose}>
        {t().cancel}
      </button>
    </Dialog>
  );
}
