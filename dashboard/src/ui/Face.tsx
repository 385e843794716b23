import { ImageOff, UserRound } from "lucide-preact";
import { useState } from "preact/hooks";
import { useNear } from "../device/near";
import { portrait } from "../state/house";
import { usePicture } from "../state/pictures";
import { t } from "../strings";

interface Props {
  /** Where it lies in Storage; null: there is none; undefined: not known yet. */
  path: string | null | undefined;
  /** Empty where the name stands beside it. */
  alt: string;
  size?: string;
  round?: boolean;
  /** Called when it comes near the screen while `path` is not known. */
  onNear?: () => undefined;
}

/** A face, fetched once it comes near the screen. */
export function Face({ path, alt, size, round = false, onNear }: Props) {
  const { place, url, missing, onUnreadable } = usePicture(path);
  useNear(place, () => onNear?.(), path === undefined ? "unknown" : null);
  const style = size ? { "--size": size } : {};
  return (
    <span ref={place} class={round ? "face round" : "face"} style={style}>
      {url && <img src={url} alt={alt} onError={onUnreadable} />}
      {!url && (missing || path === null) && <Nothing missing={missing} alt={alt} />}
    </span>
  );
}

function Nothing({ missing, alt }: { missing: boolean; alt: string }) {
  const Icon = missing ? ImageOff : UserRound;
  return (
    <>
      <Icon size="42%" aria-hidden="true" />
      {alt && <span class="unseen">{`${alt}: ${t().noPicture}`}</span>}
    </>
  );
}

/** The face of somebody enrolled, asked for once it comes near the screen. */
export function Portrait({ personId, ...rest }: Omit<Props, "path" | "onNear"> & { personId: string }) {
  const [found, setFound] = useState<{ personId: string; path: string | null } | null>(null);
  const onNear = () => {
    void portrait(personId).then((path) => setFound({ personId, path }));
    return undefined;
  };
  const path = found?.personId === personId ? found.path : undefined;
  return <Face key={personId} path={path} onNear={onNear} {...rest} />;
}
