import { Check, CircleHelp, Trash2 } from "lucide-preact";
import type { Alert } from "../../documents";
import { t } from "../../strings";
import { discard, type Patch, review } from "./actions";

interface Props {
  alerts: Alert[];
  patch: Patch;
  onWho: (alerts: Alert[]) => void;
  onDone: () => void;
}

/** What can be said of several alerts at once. */
export function SelectionBar({ alerts, patch, onWho, onDone }: Props) {
  const words = t().now;
  const nothing = alerts.length === 0;
  return (
    <div class="selection" role="toolbar" aria-label={words.select}>
      <b class="grow" aria-live="polite">
        {words.selected(alerts.length)}
      </b>
      <button
        type="button"
        class="button"
        disabled={nothing}
        onClick={() => {
          void review(alerts, patch);
          onDone();
        }}
      >
        <Check size={20} aria-hidden="true" /> {words.seen}
      </button>
      <button type="button" class="button" disabled={nothing} onClick={() => onWho(alerts)}>
        <CircleHelp size={20} aria-hidden="true" /> {words.whoIsIt}
      </button>
      <button
        type="button"
        class="button bad"
        disabled={nothing}
        onClick={() => {
          discard(alerts, patch);
          onDone();
        }}
      >
        <Trash2 size={20} aria-hidden="true" /> {words.delete}
      </button>
    </div>
  );
}
