import { CircleCheck, LoaderCircle } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { serverNow } from "../../firebase/project";
import { cameras } from "../../state/house";
import { t } from "../../strings";
import { Dialog } from "../../ui/Dialog";
import { CameraPicture } from "./CamerasPage";
import { Copyable } from "./Copyable";
import { shownKey } from "./shownKey";
import { arduino, curl } from "./sketch";

const LONG_MILLISECONDS = 120_000;

/** The key, once, with lines to paste; and then the first frame itself. */
export function KeyDialog({ id, secret }: { id: string; secret: string }) {
  const words = t().cameras.key;
  const [since] = useState(serverNow);
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);
  const camera = cameras.value.value?.find((one) => one.id === id);
  const seen = camera?.lastSeenAt && camera.lastSeenAt > new Date(since.getTime() - 5_000);
  const close = () => {
    shownKey.value = null;
  };
  return (
    <Dialog title={words.title} onClose={close}>
      <p class="badge strange block">{words.once}</p>
      <Copyable label={words.id} text={id} />
      <Copyable label={words.key} text={secret} />
      <Copyable label={words.arduino} text={arduino(location.origin, id, secret)} />
      <Copyable label={words.curl} text={curl(location.origin, id, secret)} />
      <div aria-live="polite">
        {seen ? (
          <p class="badge good block">
            <CircleCheck size={20} aria-hidden="true" /> {words.arrived}:{" "}
            {t().cameras.reasons[camera.lastReason ?? ""] ?? ""}
          </p>
        ) : (
          <p class="row soft">
            <LoaderCircle class="turning" aria-hidden="true" /> {long ? words.waitingLong : words.waiting}
          </p>
        )}
      </div>
      {/* watched from the start, so that the very first frame is seen */}
      {camera && <CameraPicture camera={camera} always />}
      <button type="button" class="button main" onClick={close}>
        {words.done}
      </button>
    </Dialog>
  );
}
