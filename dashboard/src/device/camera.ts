/** The camera of this phone or laptop. */
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

export type CameraState = "starting" | "running" | "denied" | "none";

/** Shows the device's camera in a `video` while `facing` is set. */
export function useCamera(
  video: RefObject<HTMLVideoElement>,
  facing: "user" | "environment" | null,
): CameraState {
  const [state, setState] = useState<CameraState>("starting");
  useEffect(() => {
    if (!facing) return;
    let stream: MediaStream | undefined;
    let ended = false;
    setState("starting");
    const wanted = {
      video: { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 960 } },
      audio: false,
    };
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    (devices ? devices.getUserMedia(wanted) : Promise.reject(new Error("not over http"))).then(
      async (found) => {
        stream = found;
        if (ended || !video.current) return end();
        video.current.srcObject = found;
        await video.current.play().catch(() => {});
        setState("running");
      },
      (error: Error) => setState(error.name === "NotAllowedError" ? "denied" : "none"),
    );
    function end() {
      for (const track of stream?.getTracks() ?? []) track.stop();
    }
    return () => {
      ended = true;
      end();
    };
  }, [video, facing]);
  return state;
}

/** What the camera sees at this moment, as a JPEG with no side over `longest`. */
export async function frameOf(
  video: HTMLVideoElement,
  longest: number,
  quality: number,
): Promise<Blob | null> {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) return null;
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}
