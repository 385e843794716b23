import { type Status, status } from "../../api";
import { decimal, locale, t } from "../../strings";
import { Ago } from "../../ui/Time";
import { Waiting } from "../../ui/Waiting";
import { useReport } from "./useReport";

const REFRESH_MILLISECONDS = 60_000;

/** How the site is doing, for owners. */
export function StatusPage() {
  const words = t().status;
  const { report, problem } = useReport(() => status(), REFRESH_MILLISECONDS);
  return (
    <div class="page narrow stack wide-gap">
      <header>
        <h1>{words.title}</h1>
      </header>
      {problem && <p class="badge bad block">{problem}</p>}
      {!report && !problem && <Waiting />}
      {report && <Report report={report} />}
    </div>
  );
}

function Report({ report }: { report: Status }) {
  const words = t().status;
  const { telling, month } = report;
  const number = new Intl.NumberFormat(locale());
  return (
    <>
      <Rows
        title={words.errors}
        empty={report.log_read ? words.noErrors : words.noErrorsHere}
        rows={report.errors.map((one) => ({
          key: `${one.kind} ${one.about} ${one.at}`,
          name: words.kinds[one.kind] ?? one.kind,
          state: whatFailed(one),
          bad: true,
          at: one.at,
        }))}
      />
      <Rows
        title={words.cameras}
        empty={words.never}
        rows={report.cameras.map((one) => ({
          key: one.id,
          name: one.name ?? one.id,
          state: words.states[one.status] ?? one.status,
          bad: one.status === "offline",
          at: one.lastSeenAt,
        }))}
      />
      <Rows
        title={words.agents}
        empty={words.noAgents}
        rows={report.agents.map((one) => ({
          key: one.id,
          name: one.version === null ? one.id : `${one.id} (${one.version})`,
          state: words.agentStates[one.state] ?? one.state,
          bad: one.state === "silent",
          at: one.lastSeenAt,
        }))}
      />
      <section class="card stack">
        <h2>{words.telling}</h2>
        <p>
          {words.told(telling.told)}
          {telling.waiting > 0 && `, ${words.waiting(telling.waiting)}`}
        </p>
        {telling.median_seconds !== null && telling.longest_seconds !== null && (
          <p class="soft">{words.seconds(telling.median_seconds, telling.longest_seconds)}</p>
        )}
      </section>
      <section class="card stack">
        <h2>{words.month}</h2>
        <p>
          <b>{words.dollars(decimal(month.dollars))}</b>
        </p>
        <p class="soft">{words.frames(number.format(month.frames))}</p>
      </section>
      <section class="card stack">
        <h2>{words.versions}</h2>
        <p>{words.version(report.version)}</p>
        <p class="soft">{report.network === null ? words.noNetwork : words.network(report.network)}</p>
      </section>
    </>
  );
}

/** What failed, in the reader's words: why people were not told by a way, or a camera did not do something. */
function whatFailed({ kind, message }: Status["errors"][number]): string {
  const [what = "", why] = message.split(/: (.*)/s);
  const whats: Record<string, Record<string, string>> = {
    undelivered: t().now.ways,
    command_failed: t().cameras.commands.actions,
  };
  const known = whats[kind];
  return known && why !== undefined ? `${known[what] ?? what}: ${t().told(why)}` : t().told(message);
}

interface Row {
  key: string;
  name: string;
  state: string;
  bad: boolean;
  at: string | null;
}

function Rows({ title, empty, rows }: { title: string; empty: string; rows: Row[] }) {
  return (
    <section class="card stack">
      <h2>{title}</h2>
      {rows.length === 0 && <p class="soft">{empty}</p>}
      <ul class="visits stack">
        {rows.map((row) => (
          <li class="row wrap" key={row.key}>
            <b class="grow" dir="auto">
              {row.name}
            </b>
            <span class={row.bad ? "badge bad" : "badge"}>{row.state}</span>
            <span class="soft small">
              {row.at === null ? t().status.never : <Ago at={new Date(row.at)} />}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
