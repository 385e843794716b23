import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Alert, Photo } from "../../../documents";
import { offersOf } from "../../../domain/coverage";
import { t } from "../../../strings";
import { Face } from "../../../ui/Face";
import { addAsPhoto } from "../../now/actions";

/** Faces of past alerts that would show the person as no photo does: each becomes one by a tap. */
export function Offers({ alerts, photos }: { alerts: Alert[]; photos: Photo[] }) {
  const words = t().people.coverage;
  const [taken, setTaken] = useState<ReadonlySet<string>>(new Set());
  const offers = offersOf(alerts, photos).filter(({ alert }) => !taken.has(alert.id));
  if (offers.length === 0) return null;
  return (
    <section class="stack">
      <h2>{words.offers}</h2>
      <p class="soft small">{words.offersHint}</p>
      <ul class="tiles">
        {offers.map(({ alert, what }) => (
          <li class="tile" key={alert.id}>
            <Face path={alert.facePath} alt="" />
            <button
              type="button"
              class="button"
              onClick={async () => {
                setTaken(new Set([...taken, alert.id]));
                if (await addAsPhoto(alert)) return;
                setTaken((before) => new Set([...before].filter((id) => id !== alert.id)));
              }}
            >
              <Plus size={18} aria-hidden="true" /> {words.add(what.map((kind) => words.kinds[kind]))}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
