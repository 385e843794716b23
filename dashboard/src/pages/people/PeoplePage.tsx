import { BellOff, TriangleAlert, UserRoundPlus, UsersRound } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { useNear } from "../../device/near";
import type { Person } from "../../documents";
import { folded } from "../../domain/folded";
import { latest } from "../../firebase/alerts";
import { serverNow } from "../../firebase/project";
import { people, peopleByName } from "../../state/house";
import { go, route, to } from "../../state/route";
import { isOwner } from "../../state/session";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Empty } from "../../ui/Empty";
import { Portrait } from "../../ui/Face";
import { Ago } from "../../ui/Time";
import { Waiting } from "../../ui/Waiting";
import { AddPerson } from "./AddPerson";
import { PersonPage } from "./PersonPage";
import { Misplaced } from "./photos/Misplaced";

/** With more than these, there is a field to find one. */
const SEARCH_FROM = 12;
/** People whose tiles are shown at once. */
const AT_ONCE = 60;

/** Everybody who is known; with an id in the address, that one. */
export function PeoplePage() {
  const { path, query } = route.value;
  const id = path[1];
  const words = t().people;
  const [search, setSearch] = useState("");
  const [most, setMost] = useState(AT_ONCE);
  const { value, error } = people.value;
  if (id) return <PersonPage id={id} />;
  const shown = peopleByName.value.filter((person) => folded(person.name).includes(folded(search.trim())));
  return (
    <div class="page">
      <header>
        <h1 class="grow">{words.title}</h1>
        {isOwner.value && (
          <a class="button main" href="#/people?add">
            <UserRoundPlus size={20} aria-hidden="true" /> {words.add}
          </a>
        )}
      </header>
      {error && <p class="badge bad block">{inWords(error)}</p>}
      {!value && !error && <Waiting />}
      {value?.length === 0 && (
        <Empty title={words.empty} hint={words.emptyHint} icon={UsersRound}>
          {isOwner.value && (
            <a class="button main" href="#/people?add">
              {words.add}
            </a>
          )}
        </Empty>
      )}
      {(value?.length ?? 0) > SEARCH_FROM && (
        <label class="field search">
          <span class="unseen">{words.search}</span>
          <input
            class="input"
            type="search"
            placeholder={words.search}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
      )}
      {search && shown.length === 0 && <p class="waiting">{words.nobody(search)}</p>}
      <ul class="tiles">
        {shown.slice(0, most).map((person) => (
          <PersonTile person={person} key={person.id} />
        ))}
      </ul>
      {shown.length > most && (
        <button type="button" class="button" onClick={() => setMost(most + AT_ONCE)}>
          {words.more(shown.length - most)}
        </button>
      )}
      {isOwner.value && <Misplaced />}
      {query.has("add") && isOwner.value && <AddPerson onClose={() => go("#/people", true)} />}
    </div>
  );
}

function PersonTile({ person }: { person: Person }) {
  const words = t().people;
  const likes = person.lookalikes ?? [];
  const over = person.consentExpiresAt && person.consentExpiresAt < serverNow();
  return (
    <li>
      <a class="tile" href={to("people", person.id)}>
        <Portrait personId={person.id} alt="" />
        <b dir="auto">{person.name}</b>
        <span class="soft small">
          <LastSeen personId={person.id} /> · {words.photos(person.photoCount ?? 0)}
        </span>
        {person.muted && (
          <span class="badge">
            <BellOff size={14} aria-hidden="true" /> {words.muted}
          </span>
        )}
        {likes[0] && (
          <span class="badge strange">
            <TriangleAlert size={14} aria-hidden="true" /> {words.lookalike(likes[0].name)}
          </span>
        )}
        {over && <span class="badge bad">{words.consentOver}</span>}
      </a>
    </li>
  );
}

const seen = new Map<string, Date | null>();

/** When somebody was last seen, asked for once a visit of the page. */
function LastSeen({ personId }: { personId: string }) {
  const [at, setAt] = useState(seen.get(personId));
  const place = useRef<HTMLSpanElement>(null);
  const look = () => {
    let stale = false;
    latest({ personId }, 1).then(
      ([alert]) => {
        seen.set(personId, alert?.lastSeenAt ?? null);
        if (!stale) setAt(alert?.lastSeenAt ?? null);
      },
      () => {},
    );
    return () => {
      stale = true;
    };
  };
  useNear(place, look, personId);
  if (at === undefined) return <span ref={place}>…</span>;
  return <span ref={place}>{at ? <Ago at={at} /> : t().people.neverSeen}</span>;
}
