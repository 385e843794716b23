import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Separation } from "../../../api";
import { people } from "../../../state/house";
import { to } from "../../../state/route";
import { inWords } from "../../../state/toasts";
import { decimal, t } from "../../../strings";
import { useSeparation } from "../../../ui/useSeparation";
import { Waiting } from "../../../ui/Waiting";
import { Consequences } from "./Consequences";

interface Props {
  /** What an owner has set; null: as the model has it. */
  threshold: number | null;
  margin: number | null;
  /** Rejects where it was refused. */
  onThreshold: (threshold: number) => Promise<unknown>;
}

/** Distances between photos of one person and between people, with the threshold as a line to drag. */
export function SeparationPicture({ threshold, margin, onThreshold }: Props) {
  const words = t().settings.separation;
  const { found, error, again } = useSeparation();
  const [line, setLine] = useState<number | null>(null);
  if (error) {
    return (
      <div class="row wrap">
        <p class="badge bad grow">{inWords(error)}</p>
        <button type="button" class="button" onClick={again}>
          {t().again}
        </button>
      </div>
    );
  }
  if (!found) return <Waiting />;
  if (found.people.length === 0) {
    return (
      <p class="soft">
        {words.nobody} <a href={to("people")}>{words.toPeople}</a>
      </p>
    );
  }
  const at = line ?? threshold ?? found.usual_threshold;
  const range = found.width * found.within.length;

  function save(chosen: number) {
    setLine(chosen);
    // what is stored is shown again, once it is here or was refused
    onThreshold(chosen).then(
      () => setLine(null),
      () => setLine(null),
    );
  }

  return (
    <div class="stack">
      <p class="soft small">{words.lead}</p>
      <ul class="legend small">
        <li class="within">{words.within}</li>
        <li class="between">{words.between}</li>
      </ul>
      <Histograms found={found} at={at} range={range} onDrag={setLine} onDrop={save} />
      <label class="field">
        {words.line(decimal(at))}
        <input
          type="range"
          min={0}
          max={range}
          step={0.01}
          value={at}
          onInput={(event) => setLine(event.currentTarget.valueAsNumber)}
          onChange={(event) => save(event.currentTarget.valueAsNumber)}
        />
      </label>
      <Consequences
        found={found}
        threshold={at}
        isEverybodys={line !== null || threshold !== null}
        margin={margin ?? found.margin}
        nameOf={(id) => people.value.value?.find((one) => one.id === id)?.name ?? id}
      />
    </div>
  );
}

const WIDTH = 600;
const HEIGHT = 160;

interface HistogramProps {
  found: Separation;
  at: number;
  range: number;
  onDrag: (threshold: number) => void;
  onDrop: (threshold: number) => void;
}

/** Two hills, each as high as the picture; the slider below does the same for keyboards. */
function Histograms({ found, at, range, onDrag, onDrop }: HistogramProps) {
  const words = t().settings.separation;
  const dragging = useRef(false);
  const x = (at / range) * WIDTH;

  function place(event: JSX.TargetedPointerEvent<SVGSVGElement>): number {
    const box = event.currentTarget.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return Math.round(part * range * 100) / 100;
  }

  const hill = (counts: number[], name: string) => {
    const most = Math.max(1, ...counts);
    return counts.map((count, index) => (
      <rect
        class={name}
        key={`${name} ${index * found.width}`}
        x={(index / counts.length) * WIDTH}
        width={WIDTH / counts.length - 1}
        y={HEIGHT - (count / most) * HEIGHT}
        height={(count / most) * HEIGHT}
      />
    ));
  };
  return (
    <svg
      class="separation"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words.lead}
      onPointerDown={(event) => {
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        onDrag(place(event));
      }}
      onPointerMove={(event) => dragging.current && onDrag(place(event))}
      onPointerUp={(event) => {
        dragging.current = false;
        onDrop(place(event));
      }}
    >
      {hill(found.within, "within")}
      {hill(found.between, "between")}
      <line x1={x} x2={x} y1={0} y2={HEIGHT} />
      <rect class="handle" x={x - 7} y={HEIGHT / 2 - 16} width={14} height={32} rx={7} />
    </svg>
  );
}
