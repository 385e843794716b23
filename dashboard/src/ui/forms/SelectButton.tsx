import { ListChecks } from "lucide-preact";
import { t } from "../../strings";

/** Begins to select several, or ends it. */
export function SelectButton({ selecting, onTurn }: { selecting: boolean; onTurn: () => void }) {
  return (
    <button type="button" class="button" aria-pressed={selecting} onClick={onTurn}>
      <ListChecks size={20} aria-hidden="true" /> {selecting ? t().cancel : t().now.select}
    </button>
  );
}
