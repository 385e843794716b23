import { Camera, ImagePlus } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { t } from "../../../strings";
import { TakePhoto } from "./TakePhoto";

/** Photos by the file picker, by dropping them, or by the camera of this device. */
export function PhotoInput({ onPhotos }: { onPhotos: (files: Blob[]) => void }) {
  const words = t().people;
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [taking, setTaking] = useState(false);
  const take = (files: FileList | null | undefined) => {
    if (files && files.length > 0) onPhotos(Array.from(files));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way of three; the buttons are for all
    <div
      class={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <p class="soft small">{words.photoHint}</p>
      <div class="row wrap">
        <button type="button" class="button" onClick={() => picker.current?.click()}>
          <ImagePlus size={20} aria-hidden="true" /> {words.choose}
        </button>
        <button type="button" class="button" onClick={() => setTaking(true)}>
          <Camera size={20} aria-hidden="true" /> {words.camera}
        </button>
        <span class="soft small drop-hint">{words.drop}</span>
      </div>
      <input
        ref={picker}
        type="file"
        class="unseen"
        accept="image/*,.heic,.heif"
        multiple
        tabIndex={-1}
        aria-label={words.choose}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
      {taking && <TakePhoto onClose={() => setTaking(false)} onPhoto={(photo) => onPhotos([photo])} />}
    </div>
  );
}
