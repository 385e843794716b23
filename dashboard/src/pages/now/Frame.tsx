import { ChevronLeft, ChevronRight } from "lucide-preact";
import { useRef } from "preact/hooks";
import type { Alert } from "../../documents";
import { usePicture } from "../../state/pictures";
import { to } from "../../state/route";
import { t } from "../../strings";
import { whoIs } from "./words";

const SWIPE_PIXELS = 60;

interface FrameProps {
  alert: Alert;
  previous: Alert | undefined;
  next: Alert | undefined;
  onSwipe: (by: number) => void;
}

/** The whole frame of an alert, with the face that it is of; swiped, the next comes. */
export function Frame({ alert, previous, next, onSwipe }: FrameProps) {
  const words = t().now;
  const { place, url, missing } = usePicture(alert.imagePath);
  const start = useRef<number | null>(null);
  const who = whoIs(alert);
  return (
    <div
      class="frame"
      onPointerDown={(event) => {
        start.current = event.clientX;
      }}
      onPointerUp={(event) => {
        const by = start.current === null ? 0 : event.clientX - start.current;
        start.current = null;
        if (Math.abs(by) > SWIPE_PIXELS) onSwipe(by);
      }}
    >
      <span ref={place} class="shot">
        {url && <img src={url} alt={`${who}, ${alert.cameraName}`} draggable={false} />}
        {url && alert.box && <Box alert={alert} box={alert.box} name={who} />}
        {(missing || alert.imagePath === null) && <p>{words.picturesMissing}</p>}
      </span>
      {previous && (
        <a class="button round side left" aria-label={words.previous} href={to("alerts", previous.id)}>
          <ChevronLeft aria-hidden="true" />
        </a>
      )}
      {next && (
        <a class="button round side right" aria-label={words.next} href={to("alerts", next.id)}>
          <ChevronRight aria-hidden="true" />
        </a>
      )}
    </div>
  );
}

interface BoxProps {
  alert: Alert;
  box: readonly [number, number, number, number];
  name: string;
}

function Box({ alert, box, name }: BoxProps) {
  const [left, top, width, height] = box.map((part) => `${part * 100}%`);
  const style = { left, top, width, height };
  return (
    <div class={alert.isKnown ? "box" : "box strange"} style={style} aria-hidden="true">
      <span dir="auto">{name}</span>
    </div>
  );
}
