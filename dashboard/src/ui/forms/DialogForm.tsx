import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { Dialog } from "../Dialog";

interface Props {
  title: string;
  submit: string;
  /** Does what the form is for, and leaves the page. An error is shown in the dialogue. */
  onSubmit: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}

/** A dialogue with an address of its own whose fields are sent at once. */
export function DialogForm({ title, submit, onSubmit, onClose, children }: Props) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function send(event: Event) {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      await onSubmit();
    } catch (error) {
      setProblem(inWords(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose} routed>
      <form class="stack" onSubmit={send}>
        {children}
        {problem && <p class="badge bad block">{problem}</p>}
        <div class="row">
          <button type="button" class="button" onClick={onClose}>
            {t().cancel}
          </button>
          <button type="submit" class="button main grow" disabled={busy}>
            {busy ? t().loading : submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
