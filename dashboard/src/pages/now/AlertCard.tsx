import { Check, CircleAlert, CircleHelp, Image as ImageIcon, MoonStar } from "lucide-preact";
import type { Alert } from "../../documents";
import { to } from "../../state/route";
import { isOwner } from "../../state/session";
import { t } from "../../strings";
import { Face, Portrait } from "../../ui/Face";
import { Ago } from "../../ui/Time";
import { correct, type Patch, review } from "./actions";
import { candidatesOf, howSure, mayBePhoto, whenSeen, whoIs } from "./words";

interface Props {
  alert: Alert;
  patch: Patch;
  onWho: (alert: Alert) => void;
  /** null: alerts are not being selected. */
  selected: boolean | null;
  onSelect: (alert: Alert) => void;
}

/** One visit: the face large, who, where, since when, how sure; and the one tap that answers it. */
export function AlertCard({ alert, patch, onWho, selected, onSelect }: Props) {
  const who = whoIs(alert);
  const classes = ["alert", alert.isKnown ? "" : "stranger", selected ? "selected" : ""].join(" ");
  return (
    <li class={classes} data-alert={alert.id}>
      <Face path={alert.facePath} alt="" size="104px" />
      <div class="about">
        <a class={alert.isKnown ? "name" : "name strange"} href={to("alerts", alert.id)} dir="auto">
          {who}
        </a>
        <p class="small" dir="auto">
          {alert.cameraName} · <Ago at={alert.lastSeenAt} />
        </p>
        <p class="soft small">{whenSeen(alert)}</p>
        <p class="soft small">{howSure(alert)}</p>
        <Notes alert={alert} />
      </div>
      {selected !== null && (
        <input
          type="checkbox"
          class="tick"
          checked={selected}
          aria-label={t().now.selectThis(who)}
          onChange={() => onSelect(alert)}
        />
      )}
      {isOwner.value && selected === null && <Answers alert={alert} patch={patch} onWho={onWho} />}
    </li>
  );
}

function Notes({ alert }: { alert: Alert }) {
  const words = t().now;
  return (
    <>
      {mayBePhoto(alert) && (
        <p class="strange small row">
          <ImageIcon size={16} aria-hidden="true" /> {words.mayBePhoto}
        </p>
      )}
      {alert.silence && (
        <p class="soft small row">
          <MoonStar size={16} aria-hidden="true" /> {words.silent[alert.silence]}
        </p>
      )}
      {Object.entries(alert.undelivered ?? {}).map(([channel, { reason }]) => (
        <p class="strange small" key={channel}>
          {words.undelivered(words.ways[channel] ?? channel, t().told(reason))}
        </p>
      ))}
    </>
  );
}

function Answers({ alert, patch, onWho }: Pick<Props, "alert" | "patch" | "onWho">) {
  const words = t().now;
  const candidates = candidatesOf(alert);
  if (candidates.length > 0) {
    return (
      <div class="actions">
        {candidates.map((one) => (
          <button
            type="button"
            class="button"
            key={one.personId}
            onClick={() => correct(alert, { personId: one.personId, name: one.person }, patch)}
          >
            <Portrait personId={one.personId} alt="" size="32px" round /> <span dir="auto">{one.person}</span>
          </button>
        ))}
        <button type="button" class="button" onClick={() => onWho(alert)}>
          {words.whoIsIt}
        </button>
      </div>
    );
  }
  if (alert.reviewed) {
    return (
      <p class="actions">
        <span class="badge good">
          <Check size={16} aria-hidden="true" /> {words.seen}
        </span>
      </p>
    );
  }
  if (alert.isKnown) {
    return (
      <div class="actions">
        <button type="button" class="button" onClick={() => review([alert], patch)}>
          <Check size={18} aria-hidden="true" /> {words.right}
        </button>
        <button type="button" class="button" onClick={() => correct(alert, null, patch)}>
          <CircleAlert size={18} aria-hidden="true" /> <span dir="auto">{words.not(alert.person)}</span>
        </button>
      </div>
    );
  }
  return (
    <div class="actions">
      <button type="button" class="button main" onClick={() => onWho(alert)}>
        <CircleHelp size={18} aria-hidden="true" /> {words.whoIsIt}
      </button>
      <button type="button" class="button" onClick={() => review([alert], patch)}>
        <Check size={18} aria-hidden="true" /> {words.seen}
      </button>
    </div>
  );
}
