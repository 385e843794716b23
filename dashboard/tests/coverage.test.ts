import { expect, test } from "vitest";
import type { Alert, Photo } from "../src/documents";
import { coverageOf, kindsOf, offersOf, photoIdOf, worthOf } from "../src/domain/coverage";

function photo(yaw: number | undefined, light = 120, status = "enrolled"): Photo {
  return { id: `${yaw} ${light}`, status, yaw, light } as Photo;
}

function alert(fields: Partial<Alert> = {}): Alert {
  const made = {
    id: "a",
    confidence: 0.99,
    reviewed: false,
    quality: 0.8,
    facePath: "f",
    yaw: 0,
    light: 120,
  };
  return { ...made, ...fields } as Alert;
}

const FULL = [photo(0), photo(0.05), photo(-0.3), photo(0.3), photo(0, 40)];

test("a shot is of the side to which the face looks in the picture, and dark or not", () => {
  expect(kindsOf({ yaw: 0.1, light: 120 })).toEqual(["front"]);
  expect(kindsOf({ yaw: -0.2, light: 120 })).toEqual(["left"]);
  expect(kindsOf({ yaw: 0.2, light: 40 })).toEqual(["right", "dark"]);
});

test("only enrolled photos count, and those of an older version are told apart", () => {
  const { counts, unknown } = coverageOf([...FULL, photo(0, 120, "rejected"), photo(undefined)]);
  expect(counts).toEqual({ front: 3, left: 1, right: 1, dark: 1 });
  expect(unknown).toBe(1);
});

test("a face is offered where it adds an angle or a light", () => {
  expect(worthOf(alert({ yaw: -0.3 }), [photo(0), photo(0)])).toEqual({ kind: "adds", what: ["left"] });
  expect(worthOf(alert({ light: 30 }), [photo(0), photo(0)])).toEqual({ kind: "adds", what: ["dark"] });
});

test("more of the same is discouraged, and so is what is weak, unsure or there already", () => {
  expect(worthOf(alert(), FULL)).toEqual({ kind: "same", count: 3 });
  expect(worthOf(alert({ quality: 0.3 }), [])).toEqual({ kind: "weak" });
  expect(worthOf(alert({ confidence: 0.8 }), [])).toEqual({ kind: "unsure" });
  expect(worthOf(alert({ confidence: 0.8, reviewed: true }), []).kind).toBe("adds");
  const there = { ...photo(0), id: photoIdOf({ id: "a" }) };
  expect(worthOf(alert(), [there])).toEqual({ kind: "there" });
  expect(worthOf(alert({ yaw: null }), [])).toEqual({ kind: "unknown" });
});

test("of several that add the same the best is offered, and none twice", () => {
  const alerts = [
    alert({ id: "poor", yaw: -0.3, quality: 0.6 }),
    alert({ id: "good", yaw: -0.3, light: 30, quality: 0.9 }),
    alert({ id: "without a face", yaw: 0.3, facePath: null }),
  ];
  const offers = offersOf(alerts, [photo(0), photo(0)]);
  expect(offers.map((one) => one.alert.id)).toEqual(["good"]);
});
