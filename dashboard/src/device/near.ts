import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const AHEAD = "300px";

/** Calls `onNear` once the element comes near the screen, anew for each `key`; what that returns ends what it began. */
export function useNear(
  place: RefObject<Element>,
  onNear: () => (() => void) | undefined,
  key: string | null,
): void {
  useEffect(() => {
    if (key === null || !place.current) return;
    let end: (() => void) | undefined;
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        near.disconnect();
        end = onNear();
      },
      { rootMargin: AHEAD },
    );
    near.observe(place.current);
    return () => {
      near.disconnect();
      end?.();
    };
  }, [key]);
}
