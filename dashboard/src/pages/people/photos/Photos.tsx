import { Crop, RotateCw, Trash2, TriangleAlert, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { cropped } from "../../../device/photo";
import type { Person, Photo } from "../../../documents";
import { WEAK } from "../../../domain/coverage";
import { deletePhoto, readPicture } from "../../../firebase/pictures";
import type { StoreError } from "../../../firebase/store";
import { isOwner } from "../../../state/session";
import { now } from "../../../state/time";
import { deferred, fail, inWords } from "../../../state/toasts";
import { bring, drop, retry, type Upload, uploads } from "../../../state/uploads";
import { t } from "../../../strings";
import { Face } from "../../../ui/Face";
import { Waiting } from "../../../ui/Waiting";
import { Coverage } from "./Coverage";
import { Cropper } from "./Cropper";
import { PhotoInput } from "./PhotoInput";
import { whyRejected } from "./words";

const SLOW_MILLISECONDS = 45_000;

interface Props {
  person: Person;
  photos: Photo[] | null;
  error: StoreError | null;
}

/** The photos of a person, those on their way first, and what became of each. */
export function Photos({ person, photos, error }: Props) {
  const words = t().people;
  const personId = person.id;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [cropping, setCropping] = useState<Photo | null>(null);
  const known = new Set(photos?.map((photo) => photo.id));
  const coming = uploads.value.filter((one) => one.personId === personId && !known.has(one.id));
  const shown = (photos ?? []).filter((photo) => !hidden.has(photo.id));

  function remove(photo: Photo) {
    setHidden(new Set([...hidden, photo.id]));
    deferred(
      words.detail.photoDeleted,
      () => deletePhoto(photo.path),
      () => setHidden((before) => new Set([...before].filter((id) => id !== photo.id))),
    );
  }

  return (
    <section class="stack">
      <h2>{words.detail.photos}</h2>
      {error && <p class="badge bad block">{inWords(error)}</p>}
      {!photos && !error && <Waiting />}
      {photos && photos.length > 0 && <Coverage photos={photos} />}
      {isOwner.value && <PhotoInput onPhotos={(files) => void bring(personId, files)} />}
      {photos?.length === 0 && coming.length === 0 && <p class="soft">{words.detail.noPhotos}</p>}
      <ul class="tiles photos" aria-live="polite">
        {coming.map((upload) => (
          <Coming upload={upload} key={upload.id} />
        ))}
        {shown.map((photo) => (
          <li class="tile" key={photo.id}>
            <Face path={photo.path} alt="" />
            <Status photo={photo} />
            {(person.lookalikes ?? [])
              .filter((like) => like.photoId === photo.id)
              .map((like) => (
                <span class="badge strange" key={like.personId}>
                  <TriangleAlert size={14} aria-hidden="true" /> {words.lookalike(like.name)}
                </span>
              ))}
            {isOwner.value && photo.status === "rejected" && (
              <button type="button" class="button" onClick={() => setCropping(photo)}>
                <Crop size={18} aria-hidden="true" /> {words.crop}
              </button>
            )}
            {isOwner.value && (
              <button type="button" class="button plain" onClick={() => remove(photo)}>
                <Trash2 size={18} aria-hidden="true" /> {t().remove}
              </button>
            )}
          </li>
        ))}
      </ul>
      {cropping && (
        <Cropper
          path={cropping.path}
          onClose={() => setCropping(null)}
          onCut={async (cut) => {
            setCropping(null);
            try {
              const file = await cropped(await readPicture(cropping.path), cut);
              await bring(personId, [file]);
              await deletePhoto(cropping.path);
            } catch (error) {
              fail(error);
            }
          }}
        />
      )}
    </section>
  );
}

function Status({ photo }: { photo: Photo }) {
  const words = t().people;
  if (photo.status === "rejected") {
    return (
      <p class="small">
        <span class="badge bad">{words.rejected}</span> {whyRejected(photo.reason)}
      </p>
    );
  }
  if (photo.status === "processing") {
    const slow = now.value - photo.createdAt.getTime() > SLOW_MILLISECONDS;
    return <p class="small soft">{slow ? words.slow : words.processing}</p>;
  }
  const weak = photo.quality !== null && photo.quality < WEAK;
  return <p class="small">{weak ? words.weak : <span class="badge good">{words.enrolled}</span>}</p>;
}

function Coming({ upload }: { upload: Upload }) {
  const words = t().people;
  const { step, problem } = upload;
  const problems: Record<string, string> = {
    not_a_photo: words.notAPhoto,
    too_large: words.tooLarge,
    ...t().errors.store,
  };
  const slow = step === "processing" && now.value - upload.since > SLOW_MILLISECONDS;
  return (
    <li class="tile">
      <span class="face">
        {problem !== "not_a_photo" && <img src={upload.thumbnail} alt="" onError={hide} />}
      </span>
      {step === "uploading" && <progress value={upload.part} aria-label={words.uploading(upload.part)} />}
      {step === "uploading" && <p class="small soft">{words.uploading(upload.part)}</p>}
      {step === "preparing" && <p class="small soft">{t().loading}</p>}
      {step === "processing" && <p class="small soft">{slow ? words.slow : words.processing}</p>}
      {step === "failed" && (
        <>
          <p class="small" role="alert">
            <span class="badge bad">{words.rejected}</span> {problem && problems[problem]}
          </p>
          {problem === "unreachable" && (
            <button type="button" class="button" onClick={() => retry(upload)}>
              <RotateCw size={18} aria-hidden="true" /> {words.retry}
            </button>
          )}
          <button type="button" class="button plain" onClick={() => drop(upload.id)}>
            <X size={18} aria-hidden="true" /> {t().remove}
          </button>
        </>
      )}
    </li>
  );
}

/** A photo that this browser cannot show, such as one of an iPhone. */
function hide(event: Event): void {
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.hidden = true;
}
