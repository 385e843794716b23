import { Cctv } from "lucide-preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Alert } from "../../documents";
import { serverNow } from "../../firebase/project";
import { openFeed } from "../../state/feed";
import { cameras, people, site } from "../../state/house";
import { route, to } from "../../state/route";
import { isOwner } from "../../state/session";
import { dayName, dayOf } from "../../state/time";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Empty } from "../../ui/Empty";
import { SelectButton } from "../../ui/forms/SelectButton";
import { WhoDialog } from "../../ui/forms/WhoDialog";
import { Waiting } from "../../ui/Waiting";
import { AlertCard } from "./AlertCard";
import { identify } from "./actions";
import { Filters, filterOf } from "./Filters";
import { SelectionBar } from "./SelectionBar";
import { Viewer } from "./Viewer";

/** Scrolled by more than this, what is new waits above. */
const AWAY_PIXELS = 200;

/** Alerts as they happen, newest first. */
export function NowPage() {
  const { path, query } = route.value;
  const opened = path[0] === "alerts" ? path[1] : undefined;
  const asked = path[0] === "alerts" ? lastFilter : query.toString();
  lastFilter = asked;
  const filter = useMemo(() => filterOf(new URLSearchParams(asked)), [asked]);
  const feed = useMemo(() => openFeed(filter, () => scrollY > AWAY_PIXELS), [filter]);
  useEffect(() => () => feed.close(), [feed]);
  const [naming, setNaming] = useState<Alert[] | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null);
  const alerts = feed.alerts.value;
  const isLooking = !alerts || (alerts.length === 0 && !feed.ended.value && feed.paused.value === null);
  // the zone of the site decides what today is
  void site.value;

  function toggle(alert: Alert) {
    const next = new Set(selected);
    if (!next.delete(alert.id)) next.add(alert.id);
    setSelected(next);
  }

  const chosen = (alerts ?? []).filter((alert) => selected?.has(alert.id));
  return (
    <div class="page">
      <header>
        <h1 class="grow">{t().now.title}</h1>
        {isOwner.value && (alerts?.length ?? 0) > 0 && (
          <SelectButton
            selecting={selected !== null}
            onTurn={() => setSelected(selected ? null : new Set())}
          />
        )}
      </header>
      <Filters asked={asked} />
      {feed.fresh.value.length > 0 && (
        <button type="button" class="button main fresh" onClick={showFresh}>
          {t().now.fresh(feed.fresh.value.length)}
        </button>
      )}
      {feed.error.value && <p class="badge bad block">{inWords(feed.error.value)}</p>}
      {isLooking && !feed.error.value && <Waiting />}
      {alerts?.length === 0 && feed.ended.value && <Quiet filtered={asked !== ""} />}
      {alerts && alerts.length > 0 && (
        <List
          alerts={alerts}
          card={(alert) => (
            <AlertCard
              key={alert.id}
              alert={alert}
              patch={feed.patch}
              onWho={(one) => setNaming([one])}
              selected={selected ? selected.has(alert.id) : null}
              onSelect={toggle}
            />
          )}
        />
      )}
      <End more={feed.more} ended={feed.ended.value} shown={(alerts?.length ?? 0) > 0} />
      {feed.paused.value !== null && (
        <div class="centred stack">
          <p class="soft">{t().now.lookedThrough(feed.paused.value)}</p>
          <button type="button" class="button" onClick={feed.goOn}>
            {t().now.lookFurther}
          </button>
        </div>
      )}
      {selected && (
        <SelectionBar alerts={chosen} patch={feed.patch} onWho={setNaming} onDone={() => setSelected(null)} />
      )}
      {opened && (
        <Viewer id={opened} alerts={alerts ?? []} patch={feed.patch} onWho={(one) => setNaming([one])} />
      )}
      {naming && (
        <WhoDialog
          onClose={() => setNaming(null)}
          onChosen={(who) => {
            setNaming(null);
            setSelected(null);
            void identify(naming, who, feed.patch);
          }}
        />
      )}
    </div>
  );

  function showFresh() {
    feed.showFresh();
    scrollTo({ top: 0 });
  }
}

/** An alert is opened above the list that one came from. */
let lastFilter = "";

function List({ alerts, card }: { alerts: Alert[]; card: (alert: Alert) => preact.JSX.Element }) {
  const rows: preact.JSX.Element[] = [];
  const today = dayOf(serverNow());
  const yesterday = dayOf(new Date(serverNow().getTime() - 86_400_000));
  let day = "";
  for (const alert of alerts) {
    const its = dayOf(alert.firstSeenAt);
    if (its !== day) {
      day = its;
      const name = day === today ? t().now.today : day === yesterday ? t().now.yesterday : dayName(day);
      rows.push(
        <li class="day" key={`day ${day} ${alert.id}`}>
          <h2>{name}</h2>
        </li>,
      );
    }
    rows.push(card(alert));
  }
  return <ul class="alerts">{rows}</ul>;
}

function Quiet({ filtered }: { filtered: boolean }) {
  const words = t().now;
  if (filtered) {
    return (
      <Empty title={words.quiet} hint={words.quietFilter}>
        <a class="button" href={to()}>
          {words.clearFilters}
        </a>
      </Empty>
    );
  }
  const isNew = cameras.value.value?.length === 0 || people.value.value?.length === 0;
  if (isNew && isOwner.value) {
    return (
      <Empty title={t().welcome.title} hint={t().welcome.lead} icon={Cctv}>
        <a class="button main" href={to("welcome")}>
          {t().welcome.begin}
        </a>
      </Empty>
    );
  }
  return <Empty title={words.quiet} hint={words.quietHint} />;
}

/** Asks for the next page when it comes near the screen. */
function End({ more, ended, shown }: { more: () => void; ended: boolean; shown: boolean }) {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!place.current || ended || !shown) return;
    const near = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && more(),
      { rootMargin: "600px" },
    );
    near.observe(place.current);
    const timer = setInterval(() => {
      // a page shorter than the screen never leaves it, so nothing would be observed again
      const top = place.current?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
      if (top < innerHeight + 600) more();
    }, 1000);
    return () => {
      near.disconnect();
      clearInterval(timer);
    };
  }, [more, ended, shown]);
  return (
    <p ref={place} class="waiting small">
      {shown && ended ? t().now.end : ""}
    </p>
  );
}
