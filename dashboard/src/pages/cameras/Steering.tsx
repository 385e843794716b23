import {
  Aperture,
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  CircleDot,
  type LucideIcon,
} from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { control, type Order } from "../../api";
import type { Camera } from "../../documents";
import { moved, type Place } from "../../domain/cameras";
import { readPicture } from "../../firebase/pictures";
import { fail, inWords } from "../../state/toasts";
import { t } from "../../strings";
import { percent } from "../now/words";
import { Presets } from "./Presets";

const STEP = 10;
const CENTRE = 90;
const BRIGHTEST = 255;
const SIZES = ["QVGA", "CIF", "VGA", "SVGA", "XGA", "HD", "SXGA", "UXGA"];

const KEYS: Record<string, Place> = {
  ArrowUp: { pan: 0, tilt: STEP },
  ArrowDown: { pan: 0, tilt: -STEP },
  ArrowLeft: { pan: -STEP, tilt: 0 },
  ArrowRight: { pan: STEP, tilt: 0 },
};

/** Pan and tilt, light, frame size, a picture; each says how it went. */
export function Steering({ camera }: { camera: Camera }) {
  const words = t().cameras.steer;
  const [report, setReport] = useState<{ text: string; bad: boolean } | null>(null);
  const [place, setPlace] = useState<Place>({ pan: camera.pan ?? CENTRE, tilt: camera.tilt ?? CENTRE });
  const [led, setLed] = useState(camera.led);
  const [picture, setPicture] = useState<string | null>(null);
  const busy = useRef(false);
  const next = useRef<Order | null>(null);

  /** One at a time: of those asked for meanwhile the last counts. */
  async function send(order: Order): Promise<void> {
    if (busy.current) {
      next.current = order;
      return;
    }
    busy.current = true;
    setReport({ text: words.sending, bad: false });
    const started = performance.now();
    try {
      const { result } = await control(camera.id, order);
      setReport({ text: words.done(Math.round(performance.now() - started)), bad: false });
      if (order.action === "servo") {
        setPlace((now) => ({ pan: angle(result.pan, now.pan), tilt: angle(result.tilt, now.tilt) }));
      }
      if (order.action === "snapshot") await look();
    } catch (error) {
      setReport({ text: inWords(error), bad: true });
    }
    busy.current = false;
    const waiting = next.current;
    next.current = null;
    if (waiting) await send(waiting);
  }

  async function look() {
    try {
      const blob = await readPicture(`snapshots/${camera.id}.jpg`);
      if (picture) URL.revokeObjectURL(picture);
      setPicture(URL.createObjectURL(blob));
    } catch (error) {
      fail(error);
    }
  }

  function move(to: Place) {
    setPlace(to);
    void send({ action: "servo", ...to });
  }

  function onKey(event: KeyboardEvent) {
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    move(moved(place, by));
  }

  const brightness = led === 0 ? words.off : percent(led / BRIGHTEST);
  const button = (key: string, Icon: LucideIcon, label: string) => (
    <button
      type="button"
      class={`button round ${key}`}
      aria-label={label}
      onClick={() => move(moved(place, KEYS[key] ?? { pan: 0, tilt: 0 }))}
    >
      <Icon aria-hidden="true" />
    </button>
  );

  return (
    <section class="card stack">
      <h2>{words.title}</h2>
      <div class="steering">
        {/* biome-ignore lint/a11y/useSemanticElements: a group of buttons is no form */}
        <div class="pad" role="group" aria-label={words.pad} onKeyDown={onKey}>
          {button("ArrowUp", ArrowUp, words.up)}
          {button("ArrowLeft", ArrowLeft, words.left)}
          <button
            type="button"
            class="button round"
            aria-label={words.centre}
            onClick={() => move({ pan: CENTRE, tilt: CENTRE })}
          >
            <CircleDot aria-hidden="true" />
          </button>
          {button("ArrowRight", ArrowRight, words.right)}
          {button("ArrowDown", ArrowDown, words.down)}
        </div>
        <div class="stack grow">
          <p class="soft small">
            {words.pad} <b>{words.at(place.pan, place.tilt)}</b>
          </p>
          <label class="field">
            <span>
              {words.light} <span class="soft plain-weight">{brightness}</span>
            </span>
            <input
              type="range"
              min={0}
              max={BRIGHTEST}
              value={led}
              aria-valuetext={brightness}
              onInput={(event) => setLed(event.currentTarget.valueAsNumber)}
              onChange={(event) => send({ action: "led", led: event.currentTarget.valueAsNumber })}
            />
          </label>
          <label class="field">
            {words.size}
            <select
              class="input"
              onChange={(event) => {
                const framesize = event.currentTarget.value;
                if (framesize) void send({ action: "framesize", framesize });
              }}
            >
              <option value="">{words.sizeNow}</option>
              {SIZES.map((size) => (
                <option key={size}>{size}</option>
              ))}
            </select>
          </label>
          <button type="button" class="button" onClick={() => send({ action: "snapshot" })}>
            <Aperture size={20} aria-hidden="true" /> {words.snapshot}
          </button>
        </div>
      </div>
      <p role="status" class={report?.bad ? "badge bad block" : "soft"}>
        {report?.text}
      </p>
      {picture && <img src={picture} alt={camera.name} />}
      <Presets camera={camera} place={place} onGo={move} />
    </section>
  );
}

function angle(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
