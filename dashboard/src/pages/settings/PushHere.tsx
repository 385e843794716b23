import { useState } from "preact/hooks";
import { rememberTold } from "../../device/told";
import { site } from "../../state/house";
import { isOwner, user } from "../../state/session";
import { inWords, show } from "../../state/toasts";
import { t } from "../../strings";
import { Switch } from "../../ui/Switch";

const KEY = "lookout.push";

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(id: string | null): void {
  try {
    if (id === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, id);
  } catch {
    // it lasts as long as the page
  }
}

const isSupported =
  "serviceWorker" in navigator && "PushManager" in window && typeof Notification === "function";

/** Being told in this browser, on or off; or, in words, why it cannot be. */
export function PushHere() {
  const words = t().settings.push;
  const [device, setDevice] = useState(() =>
    isSupported && Notification.permission === "granted" ? remembered() : null,
  );
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const key = site.value.value?.vapidKey;
  if (!isSupported) return <p class="soft">{words.unsupported}</p>;
  if (!site.value.value) return null;
  if (!key) return <p class="soft">{isOwner.value ? words.noKeyOwner : words.noKey}</p>;

  async function turn(on: boolean) {
    setBusy(true);
    setProblem("");
    try {
      // the kit of Google's is large, and few ever need it
      const push = await import("../../firebase/push");
      const id = on ? await push.turnOn(user.value?.uid ?? "", key ?? "") : null;
      if (!on && device) await push.turnOff(device);
      remember(id);
      setDevice(id);
      if (on) rememberTold();
      show({ kind: "done", text: on ? words.isOn : words.isOff });
    } catch (error) {
      const kind = (error as { kind?: string } | null)?.kind ?? "";
      setProblem(words.problems[kind] ?? inWords(error));
      throw error;
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Switch label={words.label} hint={words.hint} on={device !== null} onChange={turn} />
      <p role="status" class={problem ? "badge bad block" : "soft small"}>
        {busy ? t().loading : problem}
      </p>
    </>
  );
}
