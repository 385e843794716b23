/** Whether the stores answer, as their listeners hear of it; without the stores themselves, so that anybody may ask. */

let onChange = (_isReached: boolean): void => {};

/** Calls `listener` with whether they answer, each time one hears of it. */
export function watchReach(listener: (isReached: boolean) => void): void {
  onChange = listener;
}

export function tellReach(isReached: boolean): void {
  onChange(isReached);
}
