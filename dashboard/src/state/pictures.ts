/** Pictures on the screen: fetched when they come near it, and kept for a while. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useNear } from "../device/near";
import { PictureError, readPicture } from "../firebase/pictures";

/** Pictures kept in memory; a face takes some 10 KB, a frame some 60. */
const KEPT = 300;

const urls = new Map<string, Promise<string>>();

/** An address for the picture within this page. */
export function pictureUrl(path: string): Promise<string> {
  const kept = urls.get(path);
  if (kept) {
    urls.delete(path);
    urls.set(path, kept);
    return kept;
  }
  const made = readPicture(path).then((blob) => URL.createObjectURL(blob));
  urls.set(path, made);
  made.catch(() => urls.delete(path));
  for (const [old, url] of urls) {
    if (urls.size <= KEPT) break;
    urls.delete(old);
    void url.then(URL.revokeObjectURL, () => {});
  }
  return made;
}

/** Fetch it anew the next time: what lies there has changed. */
export function forgetPicture(path: string): void {
  urls.delete(path);
}

/** Fetches the picture of an element once that is near the screen. `again` fetches it anew. */
export function usePicture(path: string | null | undefined, again: number | string = 0) {
  const place = useRef<HTMLSpanElement>(null);
  const [url, setUrl] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const key = path ? `${path} ${again}` : null;
  useEffect(() => {
    setMissing(false);
    if (key === null) setUrl(null);
  }, [key]);
  const fetchIt = () => {
    let stale = false;
    const attempt = () => {
      if (stale || !path) return;
      pictureUrl(path).then(
        (found) => {
          if (!stale) setUrl(found);
        },
        (error: unknown) => {
          if (stale) return;
          setUrl(null);
          setMissing(true);
          // no network: it is tried again once there is one
          if (error instanceof PictureError && error.kind === "unreachable") {
            addEventListener("online", attempt, { once: true });
          }
        },
      );
    };
    attempt();
    return () => {
      stale = true;
    };
  };
  useNear(place, fetchIt, key);
  /** It is there, but of a kind that this browser cannot show. */
  const onUnreadable = () => {
    setUrl(null);
    setMissing(true);
  };
  return { place, url, missing, onUnreadable };
}
