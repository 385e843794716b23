import { Camera } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { frameOf, useCamera } from "../../../device/camera";
import { t } from "../../../strings";
import { Dialog } from "../../../ui/Dialog";

interface Props {
  onClose: () => void;
  onPhoto: (photo: Blob) => void;
}

/** Photos by the camera of this device, with an oval that shows how to hold the face. */
export function TakePhoto({ onClose, onPhoto }: Props) {
  const words = t().people;
  const video = useRef<HTMLVideoElement>(null);
  const state = useCamera(video, "user");
  const [taken, setTaken] = useState(0);

  async function take() {
    const photo = video.current && (await frameOf(video.current, 1280, 0.92));
    if (!photo) return;
    onPhoto(photo);
    setTaken(taken + 1);
  }

  return (
    <Dialog title={words.camera} onClose={onClose}>
      {state === "denied" || state === "none" ? (
        <p class="badge bad block">{state === "denied" ? words.cameraDenied : words.cameraNone}</p>
      ) : (
        <>
          <p class="soft">{words.holdHint}</p>
          <div class="finder">
            <video ref={video} muted playsInline />
            <span class="oval" />
          </div>
          <p class="centred" aria-live="polite">
            {taken > 0 && words.photos(taken)}
          </p>
        </>
      )}
      <div class="row">
        <button type="button" class="button" onClick={onClose}>
          {taken > 0 ? words.done : t().cancel}
        </button>
        <button type="button" class="button main grow" disabled={state !== "running"} onClick={take}>
          <Camera size={22} aria-hidden="true" /> {words.take}
        </button>
      </div>
    </Dialog>
  );
}
