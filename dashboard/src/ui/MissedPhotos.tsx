import { TriangleAlert } from "lucide-preact";
import { missed } from "../domain/separation";
import { t } from "../strings";
import { useSeparation } from "./useSeparation";

/** Where a person would not be known by some of the person's own photos: how many, and what to do. */
export function MissedPhotos({ personId }: { personId: string }) {
  const { found } = useSeparation();
  const one = found && missed(found, null).find((person) => person.personId === personId);
  if (!one) return null;
  const words = t().settings.separation;
  return (
    <p class="badge strange block">
      <TriangleAlert size={18} aria-hidden="true" /> {words.ownMissed(one.missed.length, one.photos)}
    </p>
  );
}
