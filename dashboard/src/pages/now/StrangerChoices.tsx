import { strangers } from "../../state/house";
import { ago } from "../../state/time";
import { t } from "../../strings";
import { Face } from "../../ui/Face";

/** The strangers who came, told by their faces; nothing where nobody did. */
export function StrangerChoices({ onChosen }: { onChosen: (strangerId: string) => void }) {
  const there = strangers.value.value?.filter((one) => !one.personId) ?? [];
  if (there.length === 0) return null;
  return (
    <section class="stack" aria-label={t().strangers.title}>
      <h3>{t().strangers.title}</h3>
      <div class="faces">
        {there.map((one) => (
          <button
            type="button"
            class="face-choice"
            key={one.id}
            aria-label={`${t().now.stranger}, ${t().strangers.visits(one.visits)}, ${ago(one.lastSeenAt)}`}
            onClick={() => onChosen(one.id)}
          >
            <Face path={one.facePath} alt="" size="72px" />
          </button>
        ))}
      </div>
    </section>
  );
}
