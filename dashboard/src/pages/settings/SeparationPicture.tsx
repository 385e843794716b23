import { useEffect, useState } from "preact/hooks";
import { type Separation, separation } from "../../api";
import { people } from "../../state/house";
import { t } from "../../strings";

interface Props {
  threshold: number | null;
  onThreshold: (threshold: number) => Promise<unknown>;
}

const WIDTH = 600;
const HEIGHT = 150;

/** Distances between photos of one person and between people, with the threshold as a line to drag. */
export function SeparationPicture({ threshold, onThreshold }: Props) {
  const words = t().settings.separation;
  const [found, setFound] = useState<Separation | null>(null);
  const [line, setLine] = useState<number | null>(null);
  useEffect(() => {
    separation().then(setFound, () => {});
  }, []);
  if (!found) return null;
  const at = line ?? threshold ?? found.threshold;
  const bins = Math.max(found.within.length, found.between.length);
  const most = Math.max(1, ...found.within, ...found.between);
  const range = bins * found.width;
  const nameOf = (id: string) => people.value.value?.find((one) => one.id === id)?.name ?? id;
  const confused = found.nearest.filter((pair) => pair.distance <= at);
  const bars = (counts: number[], name: string) =>
    counts.map((count, index) => (
      <rect
        class={name}
        key={`${name} ${index * found.width}`}
        x={(index / bins) * WIDTH}
        width={WIDTH / bins - 1}
        y={HEIGHT - (count / most) * HEIGHT}
        height={(count / most) * HEIGHT}
      />
    ));
  return (
    <div class="stack">
      <p class="soft small">{words.lead}</p>
      <svg class="separation" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words.lead}>
        {bars(found.within, "within")}
        {bars(found.between, "between")}
        <line x1={(at / range) * WIDTH} x2={(at / range) * WIDTH} y1={0} y2={HEIGHT} />
      </svg>
      <label class="field">
        {words.line(at.toFixed(2))}
        <input
          type="range"
          min={0}
          max={range}
          step={0.01}
          value={at}
          onInput={(event) => setLine(event.currentTarget.valueAsNumber)}
          onChange={(event) => onThreshold(event.currentTarget.valueAsNumber).catch(() => setLine(null))}
        />
      </label>
      {confused.length === 0 && <p class="badge good block">{words.none}</p>}
      {confused.map((pair) => (
        <p class="badge strange block" key={`${pair.person_id} ${pair.other_id}`}>
          {words.confused(nameOf(pair.person_id), nameOf(pair.other_id))}
        </p>
      ))}
    </div>
  );
}
