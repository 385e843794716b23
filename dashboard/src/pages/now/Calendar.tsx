import { ChevronLeft, ChevronRight } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { monthOf } from "../../domain/calendar";
import { alertsOn } from "../../firebase/alerts";
import { serverNow } from "../../firebase/project";
import { dayName, dayOf } from "../../state/time";
import { fail } from "../../state/toasts";
import { locale, t } from "../../strings";
import { Dialog } from "../../ui/Dialog";

interface Props {
  chosen: string | null;
  onClose: () => void;
  onChosen: (day: string | null) => void;
}

function isDay(text: string | null): text is string {
  return text !== null && !Number.isNaN(Date.parse(`${text}T12:00:00Z`));
}

/** Their short names, from Monday on. */
function weekdays(): string[] {
  const short = new Intl.DateTimeFormat(locale(), { weekday: "short", timeZone: "UTC" });
  // the 5th of January 2026 is a Monday
  return Array.from({ length: 7 }, (_, index) => short.format(new Date(Date.UTC(2026, 0, 5 + index))));
}

const counted = new Map<string, number>();

/** A month, in which the days that have alerts can be chosen; each day is counted by the store at one read. */
export function Calendar({ chosen, onClose, onChosen }: Props) {
  const words = t().now.filters;
  const today = dayOf(serverNow());
  const [shown, setShown] = useState((isDay(chosen) ? chosen : today).slice(0, 7));
  const [counts, setCounts] = useState<ReadonlyMap<string, number>>(new Map(counted));
  const [year = 0, month = 1] = shown.split("-").map(Number);
  const days = monthOf(year, month - 1);

  useEffect(() => {
    let stale = false;
    const asked = monthOf(year, month - 1).filter(
      (day): day is string => day !== null && day <= today && (day === today || !counted.has(day)),
    );
    void Promise.all(
      asked.map(async (day) => {
        counted.set(day, await alertsOn(day));
      }),
    ).then(
      () => stale || setCounts(new Map(counted)),
      (error: unknown) => stale || fail(error),
    );
    return () => {
      stale = true;
    };
  }, [year, month, today]);

  function turn(by: number) {
    setShown(new Date(Date.UTC(year, month - 1 + by, 15)).toISOString().slice(0, 7));
  }

  const title = new Intl.DateTimeFormat(locale(), { month: "long", year: "numeric" });
  return (
    <Dialog title={words.pickDay} onClose={onClose}>
      <div class="row">
        <button type="button" class="button round" aria-label={words.previousMonth} onClick={() => turn(-1)}>
          <ChevronLeft aria-hidden="true" />
        </button>
        <b class="grow centred">{title.format(new Date(Date.UTC(year, month - 1, 15)))}</b>
        <button
          type="button"
          class="button round"
          aria-label={words.nextMonth}
          disabled={shown >= today.slice(0, 7)}
          onClick={() => turn(1)}
        >
          <ChevronRight aria-hidden="true" />
        </button>
      </div>
      <div class="month">
        {weekdays().map((name) => (
          <span class="weekday soft small" key={name} aria-hidden="true">
            {name}
          </span>
        ))}
        {days.map((day, index) =>
          day === null ? (
            <span key={`before ${index}`} />
          ) : (
            <button
              type="button"
              key={day}
              class={counts.get(day) ? "date some" : "date"}
              aria-pressed={day === chosen}
              disabled={day > today || counts.get(day) === 0}
              aria-label={words.alertsOn(dayName(day), counts.get(day))}
              onClick={() => onChosen(day)}
            >
              {Number(day.slice(8))}
            </button>
          ),
        )}
      </div>
      <button type="button" class="button" onClick={() => onChosen(null)}>
        {words.day}
      </button>
    </Dialog>
  );
}
