/** Sentences of the functions in another language, by templates in which `{}` stands for what differs. */

/** A length of time as the functions write it, such as `90 seconds`. */
const LENGTH = /^(\d+) (second|minute|hour|day)s?$/;

function filledIn(template: string, values: string[]): string {
  let next = 0;
  return template.replace(/\{(\d*)\}/g, (_, index: string) => values[index ? Number(index) : next++] ?? "");
}

/** The expression that a sentence of that template fits, each difference a group of it. */
function expression(template: string): RegExp {
  const parts = template.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.*?)")}$`, "s");
}

/**
 * Makes what turns a sentence into that of a table, of templates to templates; in the latter `{1}` is the second
 * difference. Gives null for a sentence that the table does not have.
 */
export function translation(
  table: Record<string, string>,
  length: (count: number, unit: string) => string,
): (sentence: string) => string | null {
  // those with the most words of their own first: a template may fit what another one says better
  const known = Object.entries(table)
    .sort(([one], [other]) => other.length - one.length)
    .map(([template, meant]) => ({ fits: expression(template), meant }));
  return (sentence) => {
    for (const { fits, meant } of known) {
      const found = fits.exec(sentence);
      if (!found) continue;
      const values = found.slice(1).map((value) => {
        const [, count, unit] = LENGTH.exec(value) ?? [];
        return count && unit ? length(Number(count), unit) : value;
      });
      return filledIn(meant, values);
    }
    return null;
  };
}
