/** The picture of a camera that somebody looks at, as fresh as can be. */
import { useEffect, useState } from "preact/hooks";
import { CallError, watchCamera } from "../../api";
import { latest } from "../../firebase/alerts";
import { readPicture } from "../../firebase/pictures";

const RENEW_MILLISECONDS = 20_000;
const REFRESH_MILLISECONDS = 1_000;

/** An address within this page of the camera's latest picture; null while there is none. */
export function useLatestPicture(cameraId: string): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let ended = false;
    let shown: string | null = null;

    function show(picture: Blob) {
      if (ended) return;
      if (shown) URL.revokeObjectURL(shown);
      shown = URL.createObjectURL(picture);
      setUrl(shown);
    }

    async function refresh() {
      if (document.visibilityState !== "visible") return;
      await readPicture(`live/${cameraId}.jpg`).then(show, () => {});
    }

    async function fallback() {
      const [alert] = await latest({ cameraId }, 1);
      if (alert?.imagePath && !shown) show(await readPicture(alert.imagePath));
    }

    let refreshing: ReturnType<typeof setInterval> | undefined;
    const renew = () =>
      watchCamera(cameraId).then(
        () => {
          if (!ended) refreshing ??= setInterval(refresh, REFRESH_MILLISECONDS);
        },
        (error: unknown) => {
          // a house without this call shows the latest alert
          if (error instanceof CallError && error.status === 404) clearInterval(renewing);
        },
      );
    fallback().catch(() => {});
    void renew();
    const renewing = setInterval(
      () => document.visibilityState === "visible" && void renew(),
      RENEW_MILLISECONDS,
    );
    return () => {
      ended = true;
      clearInterval(renewing);
      clearInterval(refreshing);
      if (shown) URL.revokeObjectURL(shown);
    };
  }, [cameraId]);
  return url;
}
