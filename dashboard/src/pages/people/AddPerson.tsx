import { useState } from "preact/hooks";
import { createPerson } from "../../firebase/people";
import { go, to } from "../../state/route";
import { bring } from "../../state/uploads";
import { t } from "../../strings";
import { DialogForm } from "../../ui/forms/DialogForm";
import { NameField } from "../../ui/forms/NameField";
import { PhotoInput } from "./photos/PhotoInput";

/** A name and photos; then the person's page tells what became of each. */
export function AddPerson({ onClose }: { onClose: () => void }) {
  const words = t().people;
  const [name, setName] = useState("");
  const [photos, setPhotos] = useState<{ file: Blob; url: string }[]>([]);

  async function add() {
    const id = await createPerson(name.trim());
    void bring(
      id,
      photos.map((photo) => photo.file),
    );
    go(to("people", id), true);
  }

  function take(files: Blob[]) {
    setPhotos((before) => [...before, ...files.map((file) => ({ file, url: URL.createObjectURL(file) }))]);
  }

  return (
    <DialogForm title={words.newTitle} submit={words.add} onSubmit={add} onClose={onClose}>
      <NameField label={words.name} hint={words.nameHint} value={name} onInput={setName} />
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
    </DialogForm>
  );
}
