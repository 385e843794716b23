import { useEffect, useState } from "preact/hooks";
import { t } from "../strings";
import { Empty } from "./Empty";

const LONGEST_MILLISECONDS = 20_000;

/** A wait that ends: in what was waited for, or in a reason. */
export function Waiting() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LONGEST_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);
  if (!late) {
    return (
      <p class="waiting" role="status">
        {t().loading}
      </p>
    );
  }
  return (
    <Empty title={t().start.failed} hint={t().start.hint}>
      <button type="button" class="button main" onClick={() => location.reload()}>
        {t().again}
      </button>
    </Empty>
  );
}
