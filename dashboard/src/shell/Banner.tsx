import { online } from "../state/session";
import { t } from "../strings";

/** Says when there is no network; what was on screen stays. */
export function Banner() {
  return <div role="status">{online.value ? null : <p class="banner">{t().offline}</p>}</div>;
}
