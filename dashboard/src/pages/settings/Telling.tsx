import { useState } from "preact/hooks";
import { type Channel, testNotice } from "../../api";
import { rememberTold } from "../../device/told";
import type { Site } from "../../documents";
import { inWords } from "../../state/toasts";
import { t } from "../../strings";
import { SavedField } from "../../ui/SavedField";
import { Switch } from "../../ui/Switch";
import type { Save } from "./SettingsPage";

const CHANNELS: Channel[] = ["email", "push", "webhook"];

/** In which ways people are told, and how often; each way can be tried. */
export function Telling({ site, save }: { site: Site; save: Save }) {
  const words = t().settings;
  const telling = site.notify ?? {};
  return (
    <section class="card stack">
      <h2>{words.telling}</h2>
      <Switch
        label={words.digest}
        on={telling.digest ?? false}
        onChange={(digest) => save({ notify: { ...telling, digest } })}
      />
      {CHANNELS.map((channel) => (
        <div class="row wrap" key={channel}>
          <Switch
            label={words.channels[channel] ?? channel}
            on={telling.channels?.[channel] ?? true}
            onChange={(on) =>
              save({ notify: { ...telling, channels: { ...telling.channels, [channel]: on } } })
            }
          />
          <Test channel={channel} />
        </div>
      ))}
      <SavedField
        label={words.push.key}
        hint={words.push.keyHint}
        value={site.vapidKey ?? ""}
        onSave={(vapidKey) => save({ vapidKey: vapidKey || null })}
      />
      <p class="soft small">{words.channelHint}</p>
    </section>
  );
}

function Test({ channel }: { channel: Channel }) {
  const words = t().settings;
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null);
  const [busy, setBusy] = useState(false);

  async function test() {
    setBusy(true);
    try {
      const { delivered, message } = await testNotice(channel);
      setSaid({ text: delivered ? words.tested : t().told(message), bad: !delivered });
      if (delivered) rememberTold();
    } catch (error) {
      setSaid({ text: inWords(error), bad: true });
    }
    setBusy(false);
  }

  return (
    <>
      <button type="button" class="button" disabled={busy} onClick={test}>
        {busy ? t().loading : words.test}
      </button>
      <p role="status" class={said?.bad ? "badge bad block" : "small"}>
        {said?.text}
      </p>
    </>
  );
}
