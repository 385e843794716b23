import { broken, reached } from "../state/broken";
import { online } from "../state/session";
import { t } from "../strings";

/** Says when there is no network, or when the page came to a stop; what was on screen stays. */
export function Banner() {
  return (
    <div role="status">
      {broken.value && (
        <p class="banner row wrap">
          <span class="grow">{t().broken.text}</span>
          <button type="button" class="button" onClick={() => location.reload()}>
            {t().broken.again}
          </button>
        </p>
      )}
      {!broken.value && !(online.value && reached.value) && <p class="banner">{t().offline}</p>}
    </div>
  );
}
