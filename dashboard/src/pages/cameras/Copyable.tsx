import { Check, Copy } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../strings";

/** Text to be taken along as it stands. */
export function Copyable({ label, text }: { label: string; text: string }) {
  const [copied, setCopied] = useState(false);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // the browser does not allow it here; the text can be selected
    }
  }

  return (
    <div class="stack">
      <div class="row">
        <h3 class="grow">{label}</h3>
        <button type="button" class="button" onClick={copy}>
          {copied ? <Check size={18} aria-hidden="true" /> : <Copy size={18} aria-hidden="true" />}
          {copied ? t().copied : t().copy}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <pre class="block" tabIndex={0}>
        {text}
      </pre>
    </div>
  );
}
