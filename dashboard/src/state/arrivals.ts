/** Alerts that come while another page is open. */
import { watchNewest } from "../firebase/alerts";
import { t } from "../strings";
import { to } from "./route";
import { show } from "./toasts";

const SHOWN_MILLISECONDS = 12_000;

/** Shows each alert that begins from now on as a short message. Returns what ends that. */
export function watchArrivals(): () => void {
  const told = new Set<string>();
  let first = true;
  return watchNewest(
    (alerts) => {
      for (const alert of alerts) {
        if (!first && !told.has(alert.id)) {
          const who = alert.isKnown ? alert.person : t().now.stranger;
          const text = t().now.arrived(who, alert.cameraName);
          show({ kind: "alert", text, link: to("alerts", alert.id) }, SHOWN_MILLISECONDS);
        }
        told.add(alert.id);
      }
      first = false;
    },
    () => {},
  );
}
