import { t } from "../../strings";

/** At most 100 characters, an emoji as one, and not only spaces. */
const RULE = "(?=.*\\S).{1,100}";

interface Props {
  label: string;
  hint?: string;
  value: string;
  onInput: (name: string) => void;
}

/** What a person or a camera is called: needed, of at most 100 characters, in any script. */
export function NameField({ label, hint, value, onInput }: Props) {
  return (
    <label class="field grow">
      {label}
      <input
        class="input"
        required
        maxLength={400}
        pattern={RULE}
        title={t().nameRule}
        dir="auto"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint && <span class="hint soft small">{hint}</span>}
    </label>
  );
}
