import { expect, test } from "vitest";
import { startOf } from "../src/domain/calendar";

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
