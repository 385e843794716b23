import { Coffee, type LucideIcon } from "lucide-preact";
import type { ComponentChildren } from "preact";

interface Props {
  title: string;
  hint?: string;
  icon?: LucideIcon;
  children?: ComponentChildren;
}

/** What stands where there is nothing: why, and what to do next. */
export function Empty({ title, hint, icon: Icon = Coffee, children }: Props) {
  return (
    <div class="empty">
      <Icon size={44} aria-hidden="true" />
      <h2>{title}</h2>
      {hint && <p class="soft">{hint}</p>}
      {children}
    </div>
  );
}
