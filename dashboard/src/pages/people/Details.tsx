import { useEffect, useState } from "preact/hooks";
import type { Person } from "../../documents";
import { startOf } from "../../domain/calendar";
import { changePerson, type PersonChange } from "../../firebase/people";
import { learnZone } from "../../state/house";
import { dayOf, zone, zoneIsKnown, zoneIsMissing } from "../../state/time";
import { fail, show } from "../../state/toasts";
import { t } from "../../strings";
import { NameField } from "../../ui/forms/NameField";
import { Switch } from "../../ui/Switch";

/** A browser takes years of six digits, Firestore those of four. */
const LAST_DAY = "9999-12-31";

/** What an owner may say of a person: name, muted, consent. */
export function Details({ person }: { person: Person }) {
  const words = t().people.detail;
  const [name, setName] = useState(person.name);
  useEffect(() => setName(person.name), [person.name]);

  async function save(change: PersonChange) {
    try {
      await changePerson(person.id, change);
      show({ kind: "done", text: t().saved });
    } catch (error) {
      fail(error);
      setName(person.name);
      throw error;
    }
  }

  function onDate(field: "consentAt" | "consentExpiresAt", value: string) {
    if (value > LAST_DAY || value.length > LAST_DAY.length) return;
    // a day begins when it does so in the house, wherever this browser is
    save({ [field]: value ? startOf(value, zone.value) : null }).catch(() => {});
  }

  return (
    <section class="card stack">
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          save({ name: name.trim() }).catch(() => {});
        }}
      >
        <NameField label={words.rename} value={name} onInput={setName} />
        {name.trim() !== person.name && (
          <button type="submit" class="button main bottom">
            {t().save}
          </button>
        )}
      </form>
      <Switch
        label={words.mute}
        hint={words.muteHint}
        on={person.muted ?? false}
        onChange={(muted) => save({ muted })}
      />
      <div class="row wrap">
        <label class="field grow">
          {words.since}
          <input
            class="input"
            type="date"
            max={LAST_DAY}
            disabled={!zoneIsKnown.value}
            value={person.consentAt ? dayOf(person.consentAt) : ""}
            onChange={(event) => onDate("consentAt", event.currentTarget.value)}
          />
        </label>
        <label class="field grow">
          {words.until}
          <input
            class="input"
            type="date"
            max={LAST_DAY}
            disabled={!zoneIsKnown.value}
            value={person.consentExpiresAt ? dayOf(person.consentExpiresAt) : ""}
            onChange={(event) => onDate("consentExpiresAt", event.currentTarget.value)}
          />
        </label>
      </div>
      {zoneIsMissing.value && (
        <p class="badge bad block row wrap" role="alert">
          <span class="grow">{words.noZone}</span>
          <button type="button" class="button" onClick={() => void learnZone()}>
            {t().again}
          </button>
        </p>
      )}
      <p class="soft small">{words.untilHint}</p>
    </section>
  );
}
