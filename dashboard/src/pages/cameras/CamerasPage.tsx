import { Cctv, Plus, Smartphone } from "lucide-preact";
import type { Camera } from "../../documents";
import { agentOf, framesToday, stateOf } from "../../domain/cameras";
import { agents, cameras } from "../../state/house";
import { go, route, to } from "../../state/route";
import { isOwner } from "../../state/session";
import { dayOf, now } from "../../state/time";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Empty } from "../../ui/Empty";
import { Ago, Since } from "../../ui/Time";
import { Waiting } from "../../ui/Waiting";
import { AddCamera } from "./AddCamera";
import { CameraPage } from "./CameraPage";
import { KeyDialog } from "./KeyDialog";
import { shownKey } from "./shownKey";
import { useLatestPicture } from "./useLatestPicture";

/** A tile per camera; with an id in the address, that one. */
export function CamerasPage() {
  const { path, query } = route.value;
  const key = shownKey.value;
  return (
    <>
      {path[1] ? <CameraPage id={path[1]} /> : <All />}
      {query.has("add") && isOwner.value && <AddCamera onClose={() => go("#/cameras", true)} />}
      {key && <KeyDialog id={key.id} secret={key.key} />}
    </>
  );
}

function All() {
  const words = t().cameras;
  const { value, error } = cameras.value;
  return (
    <div class="page">
      <header>
        <h1 class="grow">{words.title}</h1>
        {isOwner.value && (
          <a class="button main" href="#/cameras?add">
            <Plus size={20} aria-hidden="true" /> {words.add}
          </a>
        )}
      </header>
      {error && <p class="badge bad block">{inWords(error)}</p>}
      {!value && !error && <Waiting />}
      {value?.length === 0 && (
        <Empty title={words.empty} hint={words.emptyHint} icon={Cctv}>
          {isOwner.value && (
            <a class="button main" href="#/cameras?add">
              {words.add}
            </a>
          )}
        </Empty>
      )}
      <ul class="wide-tiles">
        {(value ?? []).map((camera) => (
          <CameraTile camera={camera} key={camera.id} />
        ))}
      </ul>
      {isOwner.value && value && (
        <a class="button" href={to("phone")}>
          <Smartphone size={20} aria-hidden="true" /> {t().welcome.phone}
        </a>
      )}
    </div>
  );
}

function CameraTile({ camera }: { camera: Camera }) {
  return (
    <li>
      <a class="tile" href={to("cameras", camera.id)}>
        <CameraPicture camera={camera} />
        <b dir="auto">{camera.name}</b>
        {camera.location && (
          <span class="soft small" dir="auto">
            {camera.location}
          </span>
        )}
        <Condition camera={camera} />
        <LastFrame camera={camera} />
      </a>
    </li>
  );
}

interface PictureProps {
  camera: Camera;
  /** Also while it is not on the screen. */
  always?: boolean;
}

export function CameraPicture({ camera, always = false }: PictureProps) {
  const { place, url, at, live, reason } = useLatestPicture(camera.id, always);
  const words = t().cameras;
  return (
    <span class="scene" ref={place}>
      {url ? <img src={url} alt={camera.name} /> : <span class="soft">{words.noPicture}</span>}
      {(live || reason || (url && at)) && (
        <span class="taken small">
          {live && <b class="live">{words.live}</b>}
          {!live && url && at && <Ago at={at} />}
          {reason && <span>{words.notLive[reason]}</span>}
        </span>
      )}
    </span>
  );
}

/** What became of its last frame, and how many it posted today. */
export function LastFrame({ camera }: { camera: Camera }) {
  const words = t().cameras;
  if (!camera.lastReason) return null;
  return (
    <span class="soft small">
      {words.lastReason}: {words.reasons[camera.lastReason] ?? camera.lastReason} ·{" "}
      {words.framesToday(framesToday(camera, dayOf(new Date(now.value))))}
    </span>
  );
}

/** Online or since when not, and whether it can be steered. */
export function Condition({ camera }: { camera: Camera }) {
  const words = t().cameras;
  const state = stateOf(camera, now.value);
  const agent = agentOf(camera, agents.value.value ?? [], now.value);
  const labels = {
    online: words.online,
    offline: words.offline,
    new: words.offline,
    disabled: words.disabled,
  };
  const colours = { online: "good", offline: "bad", new: "", disabled: "" };
  return (
    <span class="row wrap small">
      <span class={`badge ${colours[state]}`}>{labels[state]}</span>
      <span class="soft">
        {state === "new" && words.never}
        {state === "offline" && camera.lastSeenAt && (
          <>
            {words.since} <Since at={camera.lastSeenAt} />
          </>
        )}
      </span>
      {agent === "there" && <span class="badge">{words.agent}</span>}
      {agent === "none" && <span class="soft">{words.agentNone}</span>}
      {agent === "silent" && <span class="badge strange">{words.agentSilent}</span>}
    </span>
  );
}
