/** Firebase's own code gave up: from then on it answers nothing in this page, whatever is asked. */

const SIGNS =
  /INTERNAL ASSERTION FAILED|INTERNAL UNHANDLED ERROR|AsyncQueue is already failed|client has already been terminated/;

/** Whether an error, of any kind, says that. */
export function isBreakage(error: unknown): boolean {
  const message = (error as { message?: unknown } | null)?.message;
  return SIGNS.test(typeof message === "string" ? message : String(error));
}
