import { CircleHelp, Volume2, VolumeX } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Camera, Stranger } from "../../documents";
import { cameras } from "../../state/house";
import { to } from "../../state/route";
import { isOwner } from "../../state/session";
import { t } from "../../strings";
import { Face } from "../../ui/Face";
import { Ago } from "../../ui/Time";
import { setIgnored } from "./StrangersPage";

const KIND = "text/x-lookout-stranger";

interface Props {
  stranger: Stranger;
  /** null: strangers are not being selected. */
  selected: boolean | null;
  onSelect: () => void;
  onName: () => void;
  /** Another one, by its id, was dropped on this. */
  onDropped: (id: string) => void;
}

/** One stranger. Dragged onto another, they are one. */
export function StrangerTile({ stranger, selected, onSelect, onName, onDropped }: Props) {
  const words = t().strangers;
  const [over, setOver] = useState(false);
  const owner = isOwner.value;
  const where = placesOf(stranger, cameras.value.value ?? []);
  return (
    <li
      class={selected || over ? "tile selected" : "tile"}
      draggable={owner}
      onDragStart={(event) => event.dataTransfer?.setData(KIND, stranger.id)}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes(KIND)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const id = event.dataTransfer?.getData(KIND);
        if (owner && id) onDropped(id);
      }}
    >
      <a href={to("strangers", stranger.id)} class="plain-link stack" draggable={false}>
        <Face path={stranger.facePath} alt={t().now.stranger} />
        <b>{words.visits(stranger.visits)}</b>
        <span class="soft small" dir="auto">
          <Ago at={stranger.lastSeenAt} />
          {where && ` · ${where}`}
        </span>
      </a>
      {owner && selected === null && (
        <>
          <button type="button" class="button main" onClick={onName}>
            <CircleHelp size={18} aria-hidden="true" /> {t().now.whoIsIt}
          </button>
          <button type="button" class="button" onClick={() => setIgnored(stranger, !stranger.ignored)}>
            {stranger.ignored ? (
              <Volume2 size={18} aria-hidden="true" />
            ) : (
              <VolumeX size={18} aria-hidden="true" />
            )}
            {stranger.ignored ? words.takeBack : words.neverMind}
          </button>
        </>
      )}
      {selected !== null && (
        <input
          type="checkbox"
          class="tick"
          checked={selected}
          aria-label={t().now.selectThis(words.visits(stranger.visits))}
          onChange={onSelect}
        />
      )}
    </li>
  );
}

/** More than these would not be read. */
const NAMED = 3;

/** Where the stranger was seen, by the names of the cameras that are still there. */
function placesOf(stranger: Stranger, all: Camera[]): string {
  const names = all.filter((camera) => stranger.cameras?.includes(camera.id)).map((camera) => camera.name);
  const rest = names.length - NAMED;
  return names.slice(0, NAMED).join(", ") + (rest > 0 ? ` ${t().strangers.more(rest)}` : "");
}
