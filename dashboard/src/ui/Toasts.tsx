import { X } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import { dismiss, toasts } from "../state/toasts";
import { t } from "../strings";

/** Short messages, above dialogues too; they never take the focus. */
export function Toasts() {
  const place = useRef<HTMLElement>(null);
  const shown = toasts.value;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    // shown anew each time, so that it lies above a dialogue that was opened since
    if (element.matches(":popover-open")) element.hidePopover();
    if (shown.length > 0) element.showPopover();
  }, [shown]);
  return (
    <section ref={place} class="toasts" popover="manual" aria-live="polite" aria-label={t().name}>
      {shown.map((toast) => (
        <div key={toast.id} class={`toast ${toast.kind}`} role={toast.kind === "error" ? "alert" : undefined}>
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
