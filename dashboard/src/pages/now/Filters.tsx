import { CalendarDays, UserRound, X } from "lucide-preact";
import { useState } from "preact/hooks";
import type { AlertFilter } from "../../firebase/alerts";
import { cameras, peopleByName } from "../../state/house";
import { go } from "../../state/route";
import { dayName } from "../../state/time";
import { t } from "../../strings";
import { WhoDialog } from "../../ui/forms/WhoDialog";
import { Calendar } from "./Calendar";
import { StrangerChoices } from "./StrangerChoices";

/** What the address asks for. */
export function filterOf(query: URLSearchParams): AlertFilter {
  const filter: AlertFilter = {};
  const [person, stranger, camera, day] = ["person", "stranger", "camera", "day"].map((name) =>
    query.get(name),
  );
  if (person) filter.personId = person;
  if (stranger) filter.strangerId = stranger;
  if (camera) filter.cameraId = camera;
  if (day) filter.day = day;
  if (query.has("known")) filter.isKnown = query.get("known") === "1";
  if (query.has("open")) filter.reviewed = false;
  return filter;
}

/** Which alerts are shown; what is chosen stands in the address, so that it can be kept and sent. */
export function Filters({ asked }: { asked: string }) {
  const words = t().now.filters;
  const [open, setOpen] = useState<"day" | "who" | null>(null);
  const close = () => setOpen(null);
  const query = new URLSearchParams(asked);

  function setWho(name: "person" | "stranger", id: string) {
    set(name, id, name === "person" ? "stranger" : "person");
  }

  function set(name: string, value: string | null, instead?: string) {
    const next = new URLSearchParams(query);
    if (instead) next.delete(instead);
    if (value === null || value === "" || next.get(name) === value) next.delete(name);
    else next.set(name, value);
    go(next.size > 0 ? `#/?${next}` : "#/", true);
  }

  const toggles: [string, string, string][] = [
    ["known", "0", words.unknown],
    ["known", "1", words.known],
    ["open", "1", words.open],
  ];
  const day = query.get("day");
  const person = query.get("person");
  const stranger = query.get("stranger");
  return (
    <fieldset class="chips" aria-label={words.label}>
      {toggles.map(([name, value, label]) => (
        <button
          type="button"
          class="chip"
          key={label}
          aria-pressed={query.get(name) === value}
          onClick={() => set(name, value)}
        >
          {label}
        </button>
      ))}
      <button type="button" class={day ? "chip on" : "chip"} onClick={() => setOpen("day")}>
        <CalendarDays size={18} aria-hidden="true" /> {day ? dayName(day) : words.day}
      </button>
      <button type="button" class={person || stranger ? "chip on" : "chip"} onClick={() => setOpen("who")}>
        <UserRound size={18} aria-hidden="true" />{" "}
        <span dir="auto">
          {person ? <PersonName id={person} /> : stranger ? words.thisStranger : words.person}
        </span>
      </button>
      <select
        class={query.get("camera") ? "chip on" : "chip"}
        aria-label={words.camera}
        value={query.get("camera") ?? ""}
        onChange={(event) => set("camera", event.currentTarget.value || null)}
      >
        <option value="">{words.camera}</option>
        {(cameras.value.value ?? []).map((camera) => (
          <option value={camera.id} key={camera.id}>
            {camera.name}
          </option>
        ))}
      </select>
      {query.size > 0 && (
        <button type="button" class="chip" onClick={() => go("#/", true)}>
          <X size={18} aria-hidden="true" /> {t().now.clearFilters}
        </button>
      )}
      {open === "who" && (
        <WhoDialog
          title={words.pickPerson}
          mayBeNew={false}
          onClose={close}
          onChosen={(who) => {
            close();
            if ("personId" in who) setWho("person", who.personId);
          }}
          below={
            <StrangerChoices
              onChosen={(id) => {
                close();
                setWho("stranger", id);
              }}
            />
          }
        />
      )}
      {open === "day" && (
        <Calendar
          chosen={day}
          onClose={close}
          onChosen={(chosen) => {
            close();
            set("day", chosen === day ? null : chosen);
          }}
        />
      )}
    </fieldset>
  );
}

/** People are read only where one of them is asked for. */
function PersonName({ id }: { id: string }) {
  return <>{peopleByName.value.find((one) => one.id === id)?.name ?? "…"}</>;
}
