import { X } from "lucide-preact";
import { dialogues, dismiss, toasts } from "../state/toasts";
import { t } from "../strings";

/** Short messages; they never take the focus. `place` is the dialogue that they lie in, empty for the page itself. */
export function Toasts({ place = "" }: { place?: string }) {
  const isTop = (dialogues.value.at(-1) ?? "") === place;
  const shown = isTop ? toasts.value : [];
  return (
    <section class="toasts" aria-live="polite" aria-label={t().messages}>
      {shown.map((toast) => (
        <div
          key={toast.id}
          class={`toast is-${toast.kind}`}
          role={toast.kind === "error" ? "alert" : undefined}
        >
          <span class="grow">{toast.text}</span>
          {toast.undo && (
            <button type="button" class="button" onClick={toast.undo}>
              {t().undo}
            </button>
          )}
          {toast.link && (
            <a class="button" href={toast.link} onClick={() => dismiss(toast.id)}>
              {t().now.open}
            </a>
          )}
          <button
            type="button"
            class="button round"
            aria-label={t().dismiss}
            onClick={() => dismiss(toast.id)}
          >
            <X size={20} aria-hidden="true" />
          </button>
        </div>
      ))}
    </section>
  );
}
