import { ArrowLeft, ArrowRight, Check, type LucideIcon, Moon, Smile } from "lucide-preact";
import type { Photo } from "../../../documents";
import { coverageOf, KINDS, type Kind } from "../../../domain/coverage";
import { t } from "../../../strings";

const ICONS: Record<Kind, LucideIcon> = { front: Smile, left: ArrowLeft, right: ArrowRight, dark: Moon };

/** In one glance, which kinds of shots of a person there are, and which are missing. */
export function Coverage({ photos }: { photos: Photo[] }) {
  const words = t().people.coverage;
  const { counts, unknown } = coverageOf(photos);
  return (
    <>
      <ul class="coverage" aria-label={words.label}>
        {KINDS.map((kind) => {
          const Icon = ICONS[kind];
          return (
            <li class={counts[kind] > 0 ? "there" : "missing"} key={kind}>
              <Icon size={22} aria-hidden="true" />
              <b>{words.kinds[kind]}</b>
              <span class="small">
                {counts[kind] > 0 && <Check size={14} aria-hidden="true" />}{" "}
                {counts[kind] > 0 ? t().people.photos(counts[kind]) : words.missing}
              </span>
            </li>
          );
        })}
      </ul>
      {unknown > 0 && <p class="soft small">{words.unknown(unknown)}</p>}
    </>
  );
}
