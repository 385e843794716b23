/** A part of a photo. */
export interface Cut {
  left: number;
  top: number;
  width: number;
  height: number;
}

export function between(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** The box between two corners, within the photo, in fractions of it. */
export function boxOf(from: { x: number; y: number }, x: number, y: number): Cut {
  const [right, bottom] = [between(Math.max(from.x, x), 0, 1), between(Math.max(from.y, y), 0, 1)];
  const [left, top] = [between(Math.min(from.x, x), 0, 1), between(Math.min(from.y, y), 0, 1)];
  return { left, top, width: right - left, height: bottom - top };
}
