import { useState } from "preact/hooks";
import { type Stats, stats } from "../../api";
import { locale, t } from "../../strings";
import { Waiting } from "../../ui/Waiting";
import { Chart } from "./Chart";
import { Reasons } from "./Reasons";
import { useReport } from "./useReport";
import { Week } from "./Week";

const REFRESH_MILLISECONDS = 30_000;

const PERIODS = ["today", "two_weeks"] as const;
type Period = (typeof PERIODS)[number];

/** Today and two weeks, in numbers. */
export function StatisticsPage() {
  const words = t().statistics;
  const { report, problem } = useReport(() => stats(), REFRESH_MILLISECONDS);
  return (
    <div class="page stack wide-gap">
      <header>
        <h1>{words.title}</h1>
      </header>
      {problem && <p class="badge bad block">{problem}</p>}
      {!report && !problem && <Waiting />}
      {report && <Report report={report} />}
    </div>
  );
}

function Report({ report }: { report: Stats }) {
  const words = t().statistics;
  const [period, setPeriod] = useState<Period>("today");
  const { today, days } = report;
  const counts = report[period];
  const nothing = words.nothing[period];
  const short = new Intl.DateTimeFormat(locale(), {
    day: "numeric",
    month: "numeric",
    timeZone: "UTC",
  });
  const split = (all: { known: number; unknown: number }[]) => [
    { label: words.known, values: all.map((one) => one.known), colour: "--accent" },
    { label: words.unknown, values: all.map((one) => one.unknown), colour: "--strange" },
  ];
  return (
    <>
      <div class="numbers">
        <Figure number={report.total_alerts_today} label={words.alerts} />
        <Figure number={today.unknown} label={words.strangersToday} strange />
        <Figure number={report.active_cameras} label={words.activeCameras} />
        <Figure number={report.known_persons} label={words.knownPeople} />
      </div>
      <fieldset class="choice-row">
        <legend class="unseen">{words.period}</legend>
        {PERIODS.map((one) => (
          <label class="chip" key={one}>
            <input type="radio" name="period" checked={period === one} onChange={() => setPeriod(one)} />
            {words.periods[one]}
          </label>
        ))}
      </fieldset>
      <div class="two">
        <section class="card stack">
          <h2>{words.byHour}</h2>
          <Chart
            title={words.hour}
            labels={counts.hours.map((one) => String(one.hour))}
            series={split(counts.hours)}
          />
        </section>
        <section class="card stack">
          <h2>{words.twoWeeks}</h2>
          <Chart
            title={words.day}
            labels={days.map((one) => short.format(new Date(`${one.day}T12:00:00Z`)))}
            series={split(days)}
          />
        </section>
        <section class="card stack">
          <h2>{words.byPerson}</h2>
          <Bars
            nothing={nothing}
            rows={counts.by_person.map((one) => ({
              key: one.person_id,
              label: one.person,
              value: one.alerts,
            }))}
          />
        </section>
        <section class="card stack">
          <h2>{words.byCamera}</h2>
          <Bars
            nothing={nothing}
            rows={counts.by_camera.map((one) => ({
              key: one.camera_id,
              label: one.name,
              value: one.known + one.unknown,
              note: words.frames(one.frames),
            }))}
          />
          {counts.mean_milliseconds !== null && (
            <p class="soft small">
              {words.frames(counts.frames)}, {words.mean(Math.round(counts.mean_milliseconds))}
            </p>
          )}
        </section>
      </div>
      <Reasons counts={counts} nothing={nothing} />
      <Week />
    </>
  );
}

function Figure({ number, label, strange = false }: { number: number; label: string; strange?: boolean }) {
  return (
    <p class="card">
      <b class={strange && number > 0 ? "strange" : ""}>{number}</b> {label}
    </p>
  );
}

interface Row {
  key: string;
  label: string;
  value: number;
  note?: string;
}

export function Bars({ rows, nothing }: { rows: Row[]; nothing: string }) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  if (rows.length === 0) return <p class="soft">{nothing}</p>;
  return (
    <ul class="visits stack">
      {rows.map((row) => (
        <li key={row.key}>
          <div class="row">
            <span class="grow" dir="auto">
              {row.label}
            </span>
            {row.note && <span class="soft small">{row.note}</span>}
            <b>{row.value}</b>
          </div>
          <div class="bar" style={{ width: `${(row.value / most) * 100}%` }} />
        </li>
      ))}
    </ul>
  );
}
