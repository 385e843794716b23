import { t } from "../strings";
import { Dialog } from "./Dialog";

interface Props {
  title: string;
  text: string;
  onYes: () => void;
  onClose: () => void;
  bad?: boolean;
}

/** A question before something that cannot be taken back. */
export function Confirm({ title, text, onYes, onClose, bad = false }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p dir="auto">{text}</p>
      <div class="row">
        <button type="button" class="button" onClick={onClose}>
          {t().cancel}
        </button>
        <button type="button" class={bad ? "button bad main grow" : "button main grow"} onClick={onYes}>
          {title}
        </button>
      </div>
    </Dialog>
  );
}
