import { useEffect, useState } from "preact/hooks";
import { t } from "../strings";

interface Props {
  label: string;
  value: string;
  /** Rejects when it was refused; then the field shows what is stored. */
  onSave: (value: string) => Promise<unknown>;
  hint?: string;
  type?: "text" | "number" | "time";
  required?: boolean;
  placeholder?: string;
  min?: number;
  max?: number;
  step?: number;
}

/** A field with a button that saves it, shown once something else stands in it. */
export function SavedField({ label, value, onSave, hint, type = "text", required = false, ...rest }: Props) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(text.trim()).catch(() => setText(value));
      }}
    >
      <label class="field grow">
        {label}
        <input
          class="input"
          type={type}
          required={required}
          dir={type === "text" ? "auto" : undefined}
          maxLength={400}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          {...rest}
        />
        {hint && <span class="hint soft small">{hint}</span>}
      </label>
      {text !== value && (
        <button type="submit" class="button main bottom">
          {t().save}
        </button>
      )}
    </form>
  );
}
