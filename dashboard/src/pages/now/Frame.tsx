import { ChevronLeft, ChevronRight } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Alert } from "../../documents";
import { inSameFrame } from "../../firebase/alerts";
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

/** The whole frame of an alert, with all faces in it that made one; swiped, the next comes. */
export function Frame({ alert, previous, next, onSwipe }: FrameProps) {
  const words = t().now;
  const { place, url, missing } = usePicture(alert.imagePath);
  const start = useRef<number | null>(null);
  const who = whoIs(alert);
  const others = useOthers(alert);
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
        {url && alert.box && <Box alert={alert} box={alert.box} />}
        {url && others.map((one) => one.box && <Box alert={one} box={one.box} other key={one.id} />)}
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

/** The alerts of others in the frame; nobody until they are known. */
function useOthers(alert: Alert): Alert[] {
  const [others, setOthers] = useState<Alert[]>([]);
  useEffect(() => {
    let stale = false;
    setOthers([]);
    inSameFrame(alert).then(
      (found) => stale || setOthers(found),
      // the frame says enough without
      () => {},
    );
    return () => {
      stale = true;
    };
  }, [alert.id, alert.shot]);
  return others;
}

interface BoxProps {
  alert: Alert;
  box: readonly [number, number, number, number];
  /** Not whom the alert is of. */
  other?: boolean;
}

function Box({ alert, box, other = false }: BoxProps) {
  const [left, top, width, height] = box.map((part) => `${part * 100}%`);
  const style = { left, top, width, height };
  const classes = ["box", alert.isKnown ? "" : "strange", other ? "other" : ""].join(" ");
  return (
    <div class={classes} style={style} aria-hidden="true">
      <span dir="auto">{whoIs(alert)}</span>
    </div>
  );
}
