import { UserRoundPlus } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Alert, Photo } from "../../documents";
import { worthOf } from "../../domain/coverage";
import { photosOf } from "../../state/photos";
import { t } from "../../strings";
import { addAsPhoto } from "./actions";

/** The face of an alert as one more photo of the person: offered where that adds something, discouraged where not. */
export function AddPhoto({ alert, personId }: { alert: Alert; personId: string }) {
  const words = t().now;
  const [photos, setPhotos] = useState<Photo[] | null>(null);
  const [added, setAdded] = useState("");
  useEffect(() => {
    let stale = false;
    setPhotos(null);
    photosOf(personId).then(
      (found) => stale || setPhotos(found),
      () => {},
    );
    return () => {
      stale = true;
    };
  }, [personId]);
  if (!photos) return null;
  const worth = added === alert.id ? ({ kind: "there" } as const) : worthOf(alert, photos);
  const kinds = t().people.coverage.kinds;
  const told =
    worth.kind === "adds"
      ? words.worth.adds(worth.what.map((kind) => kinds[kind]))
      : worth.kind === "same"
        ? words.worth.same(alert.person, worth.count)
        : words.worth[worth.kind](alert.person);
  return (
    <div class="add-photo">
      <p class="small" dir="auto">
        {told}
      </p>
      {worth.kind !== "there" && (
        <button
          type="button"
          class={worth.kind === "adds" ? "button good" : "button"}
          onClick={async () => {
            setAdded(alert.id);
            if (!(await addAsPhoto(alert))) setAdded("");
          }}
        >
          <UserRoundPlus size={20} aria-hidden="true" />{" "}
          <span dir="auto">
            {worth.kind === "adds" || worth.kind === "unknown"
              ? words.addPhoto(alert.person)
              : words.addPhotoStill}
          </span>
        </button>
      )}
    </div>
  );
}
