import { expect, test } from "vitest";
import type { Separation } from "../src/api";
import { closestToldApart, confusion, missed, withOnePhoto } from "../src/domain/separation";

const pair = (distance: number, gap: number | null) => ({ person_id: "a", other_id: "b", distance, gap });
const found = {
  people: [
    { person_id: "one", photos: 1, threshold: 0.49, farthest: [] },
    { person_id: "wide", photos: 3, threshold: 0.52, farthest: [{ photo_id: "x", distance: 0.51 }] },
    { person_id: "close", photos: 2, threshold: 0.47, farthest: [{ photo_id: "y", distance: 0.2 }] },
  ],
  nearest: [pair(0.4, -0.1), pair(0.5, 0.2), pair(0.6, 0.08), pair(0.7, null)],
} as unknown as Separation;

test("two people are confused only where both are near enough", () => {
  expect(confusion(pair(0.51, -0.2), 0.5, 0.05)).toBeNull();
  expect(confusion(pair(0.5, -0.2), 0.5, 0.05)).toBe("taken");
});

test("within the margin it is asked, beyond it a stranger would still be near enough", () => {
  expect(confusion(pair(0.3, 0.04), 0.5, 0.05)).toBe("asked");
  expect(confusion(pair(0.3, 0.05), 0.5, 0.05)).toBe("near");
});

test("one photo each says nothing of how far a person's own are", () => {
  expect(confusion(pair(0.3, null), 0.5, 0.05)).toBe("untold");
});

test("photos are missed by each person's own threshold, or by one for all", () => {
  expect(missed(found, null)).toEqual([]);
  expect(missed(found, 0.5)).toEqual([{ personId: "wide", missed: ["x"], photos: 3 }]);
  expect(missed(found, 0.1).map((one) => one.personId)).toEqual(["wide", "close"]);
});

test("who has one photo, and which two a larger margin would ask about", () => {
  expect(withOnePhoto(found)).toEqual(["one"]);
  expect(closestToldApart(found)?.gap).toBe(0.08);
});
