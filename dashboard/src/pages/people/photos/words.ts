import { t } from "../../../strings";

/** Why a photo was not used, in the reader's language where it is one of the reasons known. */
export function whyRejected(reason: string | null): string {
  const words = t().people;
  const known = Object.entries(words.reasons).find(([start]) => reason?.startsWith(start));
  return known ? known[1] : reason ? t().told(reason) : words.rejected;
}
