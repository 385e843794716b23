import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../../device/theme";
import { t } from "../../strings";

export interface Series {
  label: string;
  values: number[];
  /** A colour of the page, such as `--accent`. */
  colour: string;
}

interface Props {
  title: string;
  /** What stands below each bar. */
  labels: string[];
  /** Drawn on top of one another, the first at the bottom. */
  series: Series[];
}

const HEIGHT = 190;

/** Bars, with the same numbers as a table for those who cannot see them. */
export function Chart({ title, labels, series }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chosen = theme.value;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const bars = uPlot.paths.bars?.({ size: [0.7, 40], radius: 0.2 });
    // the top of each series is the sum of those below and its own; the highest is drawn first
    const tops = series.map((_, index) =>
      labels.map((_, at) => series.slice(0, index + 1).reduce((sum, one) => sum + (one.values[at] ?? 0), 0)),
    );
    const axis = {
      stroke: colour("--soft"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
    };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: [-0.6, labels.length - 0.4] },
          y: { range: (_, __, high) => [0, Math.max(high, 4)] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            space: 46,
            incrs: [1, 2, 3, 6, 7, 12],
            values: (_, at) => at.map((index) => labels[index] ?? ""),
          },
          { ...axis, size: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
        ],
        series: [
          {},
          ...series
            .map((one) => ({
              label: one.label,
              fill: colour(one.colour),
              width: 0,
              points: { show: false },
              ...(bars ? { paths: bars } : {}),
            }))
            .reverse(),
        ],
      },
      [labels.map((_, index) => index), ...tops.reverse()],
      element,
    );
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      plot.destroy();
    };
  }, [labels.join(), JSON.stringify(series), chosen]);
  return (
    <figure class="figure">
      <div ref={place} class="chart" aria-hidden="true" />
      <figcaption class="row wrap small">
        {series.map((one) => (
          <span class="row tight" key={one.label}>
            <span class="swatch" style={{ background: `var(${one.colour})` }} /> {one.label}
          </span>
        ))}
      </figcaption>
      <details class="small">
        <summary class="soft">{t().statistics.chart(title)}</summary>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{title}</th>
              {series.map((one) => (
                <th scope="col" key={one.label}>
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((label, at) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {series.map((one) => (
                  <td key={one.label}>{one.values[at]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
