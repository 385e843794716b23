import { expect, test } from "vitest";
import { daysBetween, minutesOn, startOf } from "../src/domain/calendar";

test.each([
  ["2026-01-15", "UTC", "2026-01-15T00:00:00Z"],
  ["2026-01-15", "Europe/Berlin", "2026-01-14T23:00:00Z"],
  ["2026-07-15", "Europe/Berlin", "2026-07-14T22:00:00Z"],
  ["2026-01-15", "Pacific/Auckland", "2026-01-14T11:00:00Z"],
  ["2026-01-15", "America/Los_Angeles", "2026-01-15T08:00:00Z"],
  ["2026-01-15", "Asia/Kathmandu", "2026-01-14T18:15:00Z"],
  // days on which the clocks change, and those after them
  ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z"],
  ["2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00Z"],
  ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z"],
  ["2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00Z"],
  ["2028-02-29", "Asia/Tokyo", "2028-02-28T15:00:00Z"],
])("%s begins in %s when it does there", (day, zone, moment) => {
  expect(startOf(day, zone).toISOString()).toBe(new Date(moment).toISOString());
});

test("a visit past midnight lasts until the end of one day, and from the beginning of the next", () => {
  const [from, to] = [new Date("2026-05-30T21:30:00Z"), new Date("2026-05-30T22:10:00Z")];
  expect(minutesOn("2026-05-30", from, to, "Europe/Berlin")).toEqual({ from: 1410, to: 1440 });
  expect(minutesOn("2026-05-31", from, to, "Europe/Berlin")).toEqual({ from: 0, to: 10 });
  expect(minutesOn("2026-05-29", from, to, "Europe/Berlin")).toBeNull();
  expect(minutesOn("2026-05-30", from, to, "UTC")).toEqual({ from: 1290, to: 1330 });
});

test("days are counted by the calendar, across a month and the change of clocks", () => {
  expect(daysBetween("2026-11-25", "2026-11-27")).toBe(2);
  expect(daysBetween("2026-10-24", "2026-11-01")).toBe(8);
  expect(daysBetween("2026-12-31", "2027-01-01")).toBe(1);
});
