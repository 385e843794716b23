import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { dialogues } from "../state/toasts";
import { Toasts } from "./Toasts";

/** How many dialogues lie above each other, by the history's present entry. */
function depthNow(): number {
  return Number(history.state?.depth ?? 0);
}

interface Props {
  title: string;
  onClose: () => void;
  /** `sheet`: from below on a phone; `viewer`: the whole screen. */
  kind?: "sheet" | "viewer";
  /** The title is read out but not shown. */
  quiet?: boolean;
  /** The address of the page says that it is open: the back button needs no entry of its own. */
  routed?: boolean;
  children: ComponentChildren;
}

/**
 * A dialogue. Escape, the back button and a touch beside it close it; the address of the page stays as it is, so
 * that the forward button has nothing to open again.
 */
export function Dialog({ title, onClose, kind = "sheet", quiet = false, routed = false, children }: Props) {
  const place = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const dialog = place.current;
    if (!dialog) return;
    const opener = document.activeElement;
    dialog.showModal();
    dialogues.value = [...dialogues.value, heading];
    return () => {
      dialogues.value = dialogues.value.filter((one) => one !== heading);
      if (dialog.open) dialog.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [heading]);
  useEffect(() => {
    if (routed) return;
    const address = location.href;
    const depth = depthNow() + 1;
    history.pushState({ ...history.state, depth }, "");
    const onPop = () => {
      if (depthNow() < depth) close.current();
    };
    addEventListener("popstate", onPop);
    return () => {
      removeEventListener("popstate", onPop);
      // closed by itself rather than by the back button: the entry made for it goes
      if (depthNow() === depth && location.href === address) history.back();
    };
  }, [routed]);
  const onCancel = (event: Event) => {
    event.preventDefault();
    onClose();
  };
  const onClick = (event: MouseEvent) => {
    if (event.target === place.current) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, which is the dialog's own `cancel`
    <dialog ref={place} class={kind} aria-labelledby={heading} onCancel={onCancel} onClick={onClick}>
      <div>
        <h2 id={heading} class={quiet ? "unseen" : ""}>
          {title}
        </h2>
        {children}
      </div>
      <Toasts place={heading} />
    </dialog>
  );
}
