import { useRef, useState } from "preact/hooks";
import { between, boxOf, type Cut } from "../../../domain/cut";
import { usePicture } from "../../../state/pictures";
import { t } from "../../../strings";
import { Dialog } from "../../../ui/Dialog";

const STEP = 0.02;
const SMALLEST = 0.05;

interface Props {
  path: string;
  onClose: () => void;
  onCut: (cut: Cut) => void;
}

/** A box drawn by finger, mouse or keys: the part of a photo with the one face that is meant. */
export function Cropper({ path, onClose, onCut }: Props) {
  const words = t().people;
  const { place, url } = usePicture(path);
  const picture = useRef<HTMLDivElement>(null);
  const from = useRef<{ x: number; y: number } | null>(null);
  const [cut, setCut] = useState<Cut>({ left: 0.25, top: 0.1, width: 0.5, height: 0.6 });

  function at(event: PointerEvent) {
    const box = picture.current?.getBoundingClientRect();
    if (!box) return { x: 0, y: 0 };
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  function onKey(event: KeyboardEvent) {
    const [x, y] =
      { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (x === undefined || y === undefined) return;
    event.preventDefault();
    // with shift the box grows and shrinks, without it moves
    if (event.shiftKey) {
      const width = between(cut.width + x * STEP, SMALLEST, 1 - cut.left);
      const height = between(cut.height + y * STEP, SMALLEST, 1 - cut.top);
      setCut({ ...cut, width, height });
    } else {
      const left = between(cut.left + x * STEP, 0, 1 - cut.width);
      const top = between(cut.top + y * STEP, 0, 1 - cut.height);
      setCut({ ...cut, left, top });
    }
  }

  const percents = Object.fromEntries(Object.entries(cut).map(([name, part]) => [name, `${part * 100}%`]));
  return (
    <Dialog title={words.cropTitle} onClose={onClose}>
      <p class="soft">{words.cropHint}</p>
      <div
        ref={picture}
        class="cropper"
        role="application"
        aria-label={words.cropHint}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the box
        tabIndex={0}
        onKeyDown={onKey}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          from.current = at(event);
        }}
        onPointerMove={(event) => {
          if (!from.current) return;
          const { x, y } = at(event);
          setCut(boxOf(from.current, x, y));
        }}
        onPointerUp={() => {
          from.current = null;
        }}
      >
        <span ref={place}>{url && <img src={url} alt="" draggable={false} />}</span>
        <span class="cut" style={percents} />
      </div>
      <div class="row">
        <button type="button" class="button" onClick={onClose}>
          {t().cancel}
        </button>
        <button
          type="button"
          class="button main grow"
          disabled={!url || cut.width < SMALLEST || cut.height < SMALLEST}
          onClick={() => onCut(cut)}
        >
          {words.cropUse}
        </button>
      </div>
    </Dialog>
  );
}
