import { ImageOff, UserRound } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
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
}

/** A face, fetched once it comes near the screen. */
export function Face({ path, alt, size, round = false }: Props) {
  const { place, url, missing, onUnreadable } = usePicture(path);
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

/** The face of somebody enrolled. */
export function Portrait({ personId, ...rest }: Omit<Props, "path"> & { personId: string }) {
  const [path, setPath] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    let stale = false;
    setPath(undefined);
    void portrait(personId).then((found) => {
      if (!stale) setPath(found);
    });
    return () => {
      stale = true;
    };
  }, [personId]);
  return <Face path={path} {...rest} />;
}
