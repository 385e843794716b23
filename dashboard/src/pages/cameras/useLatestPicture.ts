/** The picture of a camera that somebody looks at, as fresh as can be. */
import { useEffect, useRef, useState } from "preact/hooks";
import { CallError, type NotWatched, watchCamera } from "../../api";
import { latest } from "../../firebase/alerts";
import { readPicture } from "../../firebase/pictures";
import { serverNow } from "../../firebase/project";

/** The server keeps live pictures for 30 s after each call. */
const RENEW_MILLISECONDS = 20_000;
const REFRESH_MILLISECONDS = 1_000;

/** A picture that has not changed for longer is shown with its time. */
const LIVE_MILLISECONDS = 10_000;

export interface Latest {
  /** An address within this page; null while there is none. */
  url: string | null;
  /** When it was taken, or first seen here. */
  at: Date | null;
  live: boolean;
  /** Why there is no live picture. */
  reason: NotWatched | null;
}

const NOTHING: Latest = { url: null, at: null, live: false, reason: null };

/** Watches the camera while `place` is on the screen, or in any case with `always`, and the page is looked at. */
export function useLatestPicture(cameraId: string, always = false) {
  const place = useRef<HTMLSpanElement>(null);
  const [found, setFound] = useState<Latest>(NOTHING);
  useEffect(() => {
    let ended = false;
    let seen = always;
    let now = NOTHING;
    let size = -1;
    let renewed = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;

    function change(fields: Partial<Latest>) {
      if (ended) return;
      now = { ...now, ...fields };
      setFound(now);
    }

    function show(picture: Blob, at: Date, live: boolean) {
      if (ended) return;
      if (now.url) URL.revokeObjectURL(now.url);
      change({ url: URL.createObjectURL(picture), at, live });
    }

    async function renew() {
      renewed = Date.now();
      try {
        const { reason } = await watchCamera(cameraId);
        change({ reason, live: now.live && reason === null });
      } catch (error) {
        // not a camera any more: nothing to ask for
        if (error instanceof CallError && error.status === 404) ended = true;
      }
    }

    async function refresh() {
      const picture = await readPicture(`live/${cameraId}.jpg`).catch(() => null);
      // two frames of a camera hardly ever have as many bytes
      if (picture && picture.size !== size) {
        size = picture.size;
        show(picture, serverNow(), true);
      } else if (
        now.live &&
        (!picture || serverNow().getTime() - (now.at?.getTime() ?? 0) > LIVE_MILLISECONDS)
      ) {
        change({ live: false });
      }
    }

    async function step() {
      if (seen && document.visibilityState === "visible") {
        if (Date.now() - renewed > RENEW_MILLISECONDS) await renew();
        if (now.reason === null) await refresh();
      }
      if (!ended) timer = setTimeout(step, REFRESH_MILLISECONDS);
    }

    async function fallback() {
      const [alert] = await latest({ cameraId }, 1);
      if (!alert?.imagePath) return;
      const picture = await readPicture(alert.imagePath);
      if (!now.url) show(picture, alert.lastSeenAt, false);
    }

    const near = new IntersectionObserver((entries) => {
      seen = always || entries.some((entry) => entry.isIntersecting);
    });
    if (place.current) near.observe(place.current);
    fallback().catch(() => {});
    void step();
    return () => {
      ended = true;
      near.disconnect();
      clearTimeout(timer);
      if (now.url) URL.revokeObjectURL(now.url);
    };
  }, [cameraId, always]);
  return { place, ...found };
}
