import { useState } from "preact/hooks";
import { createPerson } from "../../firebase/people";
import { go, to } from "../../state/route";
import { inWords } from "../../state/toasts";
import { bring } from "../../state/uploads";
import { t } from "../../strings";
import { Dialog } from "../../ui/Dialog";
import { PhotoInput } from "./PhotoInput";

/** A name and photos; then the person's page tells what became of each. */
export function AddPerson({ onClose }: { onClose: () => void }) {
  const words = t().people;
  const [name, setName] = useState("");
  const [photos, setPhotos] = useState<{ file: Blob; url: string }[]>([]);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      const id = await createPerson(name.trim());
      void bring(
        id,
        photos.map((photo) => photo.file),
      );
      go(to("people", id), true);
    } catch (error) {
      setProblem(inWords(error));
      setBusy(false);
    }
  }

  function take(files: Blob[]) {
    setPhotos((before) => [...before, ...files.map((file) => ({ file, url: URL.createObjectURL(file) }))]);
  }

  return (
    <Dialog title={words.newTitle} onClose={onClose} routed>
      <form class="stack" onSubmit={submit}>
        <label class="field">
          {words.name}
          <input
            class="input"
            required
            maxLength={100}
            pattern=".*\S.*"
            dir="auto"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <span class="hint soft small">{words.nameHint}</span>
        </label>
        <PhotoInput onPhotos={take} />
        {photos.length > 0 && (
          <ul class="thumbnails" aria-label={words.photos(photos.length)}>
            {photos.map(({ url }) => (
              <li class="face" key={url}>
                <img src={url} alt="" />
              </li>
            ))}
          </ul>
        )}
        {problem && <p class="badge bad block">{problem}</p>}
        <div class="row">
          <button type="button" class="button" onClick={onClose}>
            {t().cancel}
          </button>
          <button type="submit" class="button main grow" disabled={busy}>
            {busy ? t().loading : words.add}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
