import { useEffect, useState } from "preact/hooks";
import type { MisplacedPhoto } from "../../../documents";
import { watchMisplaced } from "../../../firebase/people";
import { t } from "../../../strings";

/** Photos that were uploaded into nobody's folder, with what to do about each; nothing where there are none. */
export function Misplaced() {
  const words = t().people.misplaced;
  const [found, setFound] = useState<MisplacedPhoto[]>([]);
  // the page says by itself when the stores do not answer
  useEffect(() => watchMisplaced(setFound, () => {}), []);
  if (found.length === 0) return null;
  return (
    <section class="card stack">
      <h2>{words.title}</h2>
      <ul class="visits stack">
        {found.map((photo) => (
          <li key={photo.id}>
            <b dir="auto">{photo.path}</b>
            <br />
            <span class="soft small">{t().told(photo.reason)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
