import { useEffect } from "preact/hooks";

/** Has a new alert show itself in a corner while another page is open. */
export function NewAlerts({ hidden }: { hidden: boolean }) {
  useEffect(() => {
    if (hidden) return;
    let stop = () => {};
    let left = false;
    void import("../state/arrivals").then(({ watchArrivals }) => {
      if (!left) stop = watchArrivals();
    });
    return () => {
      left = true;
      stop();
    };
  }, [hidden]);
  return null;
}

/** Times are those of the house, on pages too that need nothing else of its settings. */
export function HouseZone() {
  useEffect(() => {
    let stop = () => {};
    let left = false;
    void import("../state/house").then(({ keepZone }) => {
      if (!left) stop = keepZone();
    });
    return () => {
      left = true;
      stop();
    };
  }, []);
  return null;
}
