import {
  Check,
  CircleAlert,
  CircleHelp,
  Download,
  Images,
  type LucideIcon,
  Share2,
  Trash2,
  VolumeX,
  X,
} from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Alert } from "../../documents";
import { watchAlert } from "../../firebase/alerts";
import { go, to } from "../../state/route";
import { isOwner } from "../../state/session";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Dialog } from "../../ui/Dialog";
import { Portrait } from "../../ui/Face";
import { Ago } from "../../ui/Time";
import { Waiting } from "../../ui/Waiting";
import { AddPhoto } from "./AddPhoto";
import { correct, discard, neverMind, type Patch, review, sayNotAFace } from "./actions";
import { Frame } from "./Frame";
import { download, share } from "./sharing";
import { candidatesOf, howSure, whenSeen, whoIs } from "./words";

interface Props {
  id: string;
  /** Those of the list, to go on to the next. */
  alerts: Alert[];
  patch: Patch;
  onWho: (alert: Alert) => void;
}

/** One alert over the whole screen: its frame, what can be said of it, and the next. */
export function Viewer({ id, alerts, patch, onWho }: Props) {
  const [found, setFound] = useState<{ id: string; alert: Alert | null } | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    setProblem("");
    return watchAlert(
      id,
      (alert) => {
        setFound({ id, alert });
        setProblem("");
      },
      (error) => setProblem(inWords(error)),
    );
  }, [id]);
  const listed = alerts.find((one) => one.id === id);
  const own = found?.id === id ? found.alert : undefined;
  // what was just said of it stands in the list before the server has it
  const alert = own === null ? null : (listed ?? own);
  const index = alerts.findIndex((one) => one.id === id);
  const beside = { previous: alerts[index - 1], next: index < 0 ? undefined : alerts[index + 1] };

  function close() {
    go(backTo, true);
  }

  function turn(other: Alert | undefined) {
    if (other) go(to("alerts", other.id), true);
  }

  function onKey(event: KeyboardEvent) {
    if (event.key === "ArrowLeft") turn(beside.previous);
    if (event.key === "ArrowRight") turn(beside.next);
  }

  return (
    <Dialog kind="viewer" title={alert ? whoIs(alert) : t().now.title} onClose={close} quiet routed>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys repeat what its buttons do */}
      <div class="contents" onKeyDown={onKey}>
        <header>
          <div class="grow">
            <b dir="auto">{alert ? whoIs(alert) : ""}</b>
            {alert && (
              <p class="small" dir="auto">
                {alert.cameraName} · {whenSeen(alert)} · <Ago at={alert.lastSeenAt} /> · {howSure(alert)}
              </p>
            )}
          </div>
          <button type="button" class="button round" aria-label={t().close} onClick={close}>
            <X aria-hidden="true" />
          </button>
        </header>
        {alert === undefined && !problem && <Waiting />}
        {alert === undefined && problem && <p class="badge bad block">{problem}</p>}
        {alert === null && (
          <div class="empty">
            <h3>{t().now.gone}</h3>
            <p>{t().now.goneHint}</p>
          </div>
        )}
        {alert && (
          <Frame alert={alert} onSwipe={(by) => turn(by < 0 ? beside.next : beside.previous)} {...beside} />
        )}
        {alert && isOwner.value && alert.isKnown && alert.personId && alert.facePath ? (
          <AddPhoto alert={alert} personId={alert.personId} />
        ) : (
          <span />
        )}
        {alert && (
          <Actions
            alert={alert}
            patch={patch}
            onWho={onWho}
            onGone={() => (beside.next ? turn(beside.next) : close())}
          />
        )}
      </div>
    </Dialog>
  );
}

/** Where closing leads: the list with its filter, as it was before. */
let backTo = "#/";
addEventListener("hashchange", (event) => {
  const before = new URL(event.oldURL).hash;
  if (!before.startsWith("#/alerts/")) backTo = before || "#/";
});

interface Action {
  icon?: LucideIcon;
  /** Whose face stands in place of an icon. */
  personId?: string;
  label: string;
  run: () => unknown;
  main?: boolean;
  /** What it does, the alert is not there afterwards. */
  leaves?: boolean;
}

function Actions({
  alert,
  patch,
  onWho,
  onGone,
}: Omit<Props, "id" | "alerts"> & { alert: Alert; onGone: () => void }) {
  const words = t().now;
  const actions: Action[] = [];
  const isNobody = !alert.isKnown && candidatesOf(alert).length === 0;
  if (isOwner.value) {
    for (const { personId, person } of candidatesOf(alert)) {
      actions.push({
        personId,
        label: person,
        run: () => correct(alert, { personId, name: person }, patch),
        main: true,
      });
    }
    if (!alert.reviewed) {
      const label = alert.isKnown ? words.rightLong(alert.person) : words.seen;
      actions.push({ icon: Check, label, run: () => review([alert], patch), main: alert.isKnown });
    }
    if (alert.isKnown) {
      actions.push({
        icon: CircleAlert,
        label: words.not(alert.person),
        run: () => correct(alert, null, patch),
      });
    }
    actions.push({ icon: CircleHelp, label: words.whoIsIt, run: () => onWho(alert), main: isNobody });
    if (alert.strangerId) {
      actions.push({ icon: VolumeX, label: words.neverMind, run: () => neverMind(alert, patch) });
    }
    actions.push({ icon: X, label: words.notAFace, run: () => sayNotAFace(alert, patch), leaves: true });
    actions.push({ icon: Trash2, label: words.delete, run: () => discard([alert], patch), leaves: true });
  }
  actions.push({ icon: Images, label: words.more, run: () => go(`${to("strangers", "like", alert.id)}`) });
  if (alert.imagePath) {
    actions.push({ icon: Download, label: words.download, run: () => download(alert) });
    if ("share" in navigator) actions.push({ icon: Share2, label: words.share, run: () => share(alert) });
  }
  return (
    <footer>
      {actions.map(({ icon: Icon, personId, label, run, main, leaves }) => (
        <button
          type="button"
          class={main ? "button main" : "button"}
          key={personId ?? label}
          onClick={() => {
            run();
            if (leaves) onGone();
          }}
        >
          {personId && <Portrait personId={personId} alt="" size="32px" round />}
          {Icon && <Icon size={20} aria-hidden="true" />} <span dir="auto">{label}</span>
        </button>
      ))}
    </footer>
  );
}
