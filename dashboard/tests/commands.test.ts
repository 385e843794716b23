import { expect, test } from "vitest";
import { EXAMPLES, filled, LONGEST, problemOf } from "../src/domain/commands";

test("the examples can be kept as they stand", () => {
  expect(problemOf(EXAMPLES)).toBeNull();
  expect(filled(EXAMPLES)).toEqual(EXAMPLES);
});

test("what a camera cannot do is left out, and a path loses the space around it", () => {
  expect(filled({ led: " /light?{led} ", servo: "", status: "  " })).toEqual({ led: "/light?{led}" });
});

test.each([
  [{}, { kind: "none" }],
  [{ led: "   " }, { kind: "none" }],
  [{ led: "led?{led}" }, { kind: "path", action: "led" }],
  [{ led: "http://192.168.1.50/led" }, { kind: "path", action: "led" }],
  [{ snapshot: "/a picture" }, { kind: "letters", action: "snapshot" }],
  [{ snapshot: "/bild/größe" }, { kind: "letters", action: "snapshot" }],
  [{ status: `/${"x".repeat(LONGEST)}` }, { kind: "long", action: "status" }],
  [{ servo: "/go?{pan},{Tilt}" }, { kind: "place", action: "servo", place: "{Tilt}" }],
  [{ led: "/led?{pan}" }, { kind: "place", action: "led", place: "{pan}" }],
  [{ status: "/status?{}" }, { kind: "place", action: "status", place: "{}" }],
])("%j is told what is wrong with it", (paths, problem) => {
  expect(problemOf(paths)).toEqual(problem);
});
