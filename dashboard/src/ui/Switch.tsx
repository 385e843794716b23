interface Props {
  label: string;
  hint?: string;
  on: boolean;
  /** Rejects when it was refused; what it shows comes from outside, so that nothing need be taken back here. */
  onChange: (on: boolean) => Promise<unknown>;
}

/** Something that is on or off, and is saved as it is turned. */
export function Switch({ label, hint, on, onChange }: Props) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={on}
        checked={on}
        onChange={(event) => {
          const input = event.currentTarget;
          onChange(input.checked).catch(() => {
            input.checked = on;
          });
        }}
      />
      <span>
        {hint ? <b>{label}</b> : label}
        {hint && <span class="hint soft small">{hint}</span>}
      </span>
    </label>
  );
}
