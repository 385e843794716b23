import { Play, RefreshCcw, Square } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { frameOf, useCamera } from "../../device/camera";
import {
  becomeCamera,
  forgetOwnCamera,
  type OwnCamera,
  ownCamera,
  PostError,
  postFrame,
} from "../../device/phone";
import { isOwner } from "../../state/session";
import { fail } from "../../state/toasts";
import { t } from "../../strings";
import { NameField } from "../../ui/forms/NameField";

/** Frames of this size are judged well, and are quickly sent. */
const LONGEST = 1024;
const QUALITY = 0.8;

/** The page posts what this device's camera sees, as a camera of its own. */
export function PhonePage() {
  const words = t().phone;
  const video = useRef<HTMLVideoElement>(null);
  const [own, setOwn] = useState<OwnCamera | null>(ownCamera);
  const [name, setName] = useState(words.defaultName);
  const [running, setRunning] = useState(false);
  const [facing, setFacing] = useState<"environment" | "user">("environment");
  const [sent, setSent] = useState(0);
  const [last, setLast] = useState("");
  const state = useCamera(video, running ? facing : null);

  useEffect(() => {
    if (!running || state !== "running" || !own) return;
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (wait: number) => {
      if (!ended) timer = setTimeout(post, wait);
    };
    const post = async () => {
      const frame = video.current && (await frameOf(video.current, LONGEST, QUALITY));
      if (!frame) return again(500);
      try {
        const told = await postFrame(own, frame);
        setSent((count) => count + 1);
        setLast([t().cameras.reasons[told.reason] ?? told.reason, told.person].filter(Boolean).join(": "));
        again(told.wait);
      } catch (error) {
        if (error instanceof PostError && error.kind === "refused") {
          // it was removed, or switched off
          forgetOwnCamera();
          setOwn(null);
          setRunning(false);
          return;
        }
        const wait = error instanceof PostError ? error.wait : 5_000;
        setLast(words.retry(Math.round(wait / 1000)));
        again(wait);
      }
    };
    again(0);
    const awake = navigator.wakeLock?.request("screen").catch(() => null);
    return () => {
      ended = true;
      clearTimeout(timer);
      void awake?.then((lock) => lock?.release());
    };
  }, [running, state, own, words]);

  async function start(event: Event) {
    event.preventDefault();
    try {
      if (!own) setOwn(await becomeCamera(name.trim()));
      setRunning(true);
    } catch (error) {
      fail(error);
    }
  }

  return (
    <div class="page narrow stack">
      <header>
        <div>
          <h1>{words.title}</h1>
          <p class="soft">{words.lead}</p>
        </div>
      </header>
      {!own && !isOwner.value && <p class="badge block">{t().viewerOnly}</p>}
      {!running && (own || isOwner.value) && (
        <form class="card stack" onSubmit={start}>
          {!own && <NameField label={words.name} value={name} onInput={setName} />}
          <button type="submit" class="button main">
            <Play size={20} aria-hidden="true" /> {words.start}
          </button>
        </form>
      )}
      {running && (state === "denied" || state === "none") && (
        <p class="badge bad block">{state === "denied" ? t().people.cameraDenied : t().people.cameraNone}</p>
      )}
      {running && (
        <section class="card stack">
          <div class="finder">
            <video ref={video} muted playsInline />
          </div>
          <p role="status">
            <b>{words.running}</b> · {words.sent(sent)}
            {last && ` · ${words.last}: ${last}`}
          </p>
          <div class="row wrap">
            <button type="button" class="button" onClick={() => setRunning(false)}>
              <Square size={20} aria-hidden="true" /> {words.stop}
            </button>
            <button
              type="button"
              class="button"
              onClick={() => setFacing(facing === "user" ? "environment" : "user")}
            >
              <RefreshCcw size={20} aria-hidden="true" /> {words.turn}
            </button>
          </div>
        </section>
      )}
    </div>
  );
}
