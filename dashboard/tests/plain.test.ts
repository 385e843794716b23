import { expect, test } from "vitest";
import { isHeic } from "../src/device/photo";
import type { Agent, Camera } from "../src/documents";
import { parse, to } from "../src/domain/address";
import { minuteOf, monthOf } from "../src/domain/calendar";
import { agentOf, moved, stateOf } from "../src/domain/cameras";
import { boxOf } from "../src/domain/cut";
import { de } from "../src/strings/de";
import { en } from "../src/strings/en";

test.each(["Anna", "Anna/Beth", "100 %", "أنا", "👩‍👧", "<script>", "?x=1#y"])(
  "an id of any letters, %s, comes out of an address as it went in",
  (id) => {
    expect(parse(to("people", id)).path).toEqual(["people", id]);
  },
);

test("an address that was cut short still names a page", () => {
  expect(parse("#/people/%E0%A4").path).toEqual(["people", "%E0%A4"]);
  expect(parse("").path).toEqual([]);
  expect(parse("#/?known=0").query.get("known")).toBe("0");
});

test("a month begins on its Monday", () => {
  const days = monthOf(2026, 4);
  expect(days.indexOf("2026-05-01")).toBe(4);
  expect(days.at(-1)).toBe("2026-05-31");
});

test("a minute of the day is that of the site's zone", () => {
  const at = new Date("2026-01-01T23:30:00Z");
  expect(minuteOf(at, "UTC")).toBe(1410);
  expect(minuteOf(at, "Europe/Berlin")).toBe(30);
});

test("a camera is online, offline since then, new or disabled", () => {
  const camera = { status: "active", lastSeenAt: new Date(0) } as Camera;
  expect(stateOf(camera, 299_000)).toBe("online");
  expect(stateOf(camera, 301_000)).toBe("offline");
  expect(stateOf({ ...camera, lastSeenAt: null }, 0)).toBe("new");
  expect(stateOf({ ...camera, status: "disabled" }, 0)).toBe("disabled");
});

test("an agent that said goodbye, or is not heard of, is silent", () => {
  const camera = { agentId: "a" } as Camera;
  const agent = { id: "a", lastSeenAt: new Date(0) } as Agent;
  expect(agentOf(camera, [agent], 10_000)).toBe("there");
  expect(agentOf(camera, [agent], 91_000)).toBe("silent");
  expect(agentOf(camera, [{ ...agent, stoppedAt: new Date(1) }], 10_000)).toBe("silent");
  expect(agentOf({ ...camera, agentId: "" }, [agent], 0)).toBe("none");
});

test("a servo stays within what it has", () => {
  expect(moved({ pan: 175, tilt: 5 }, { pan: 10, tilt: -10 })).toEqual({ pan: 180, tilt: 0 });
});

test("a box is drawn from any corner and stays within the photo", () => {
  const box = boxOf({ x: 0.5, y: 0.5 }, -1, 0.25);
  expect(box).toEqual({ left: 0, top: 0.25, width: 0.5, height: 0.25 });
});

test("a photo of an iPhone is known by its first bytes", () => {
  const head = new TextEncoder().encode("\0\0\0\x18ftypheic");
  expect(isHeic(head)).toBe(true);
  expect(isHeic(new TextEncoder().encode("%PDF-1.7 abc"))).toBe(false);
});

test("every text there is in English there is in German", () => {
  const names = (texts: object): string[] =>
    Object.entries(texts).flatMap(([name, text]) =>
      typeof text === "object" ? names(text).map((inner) => `${name}.${inner}`) : [name],
    );
  expect(names(de).sort()).toEqual(names(en).sort());
});
