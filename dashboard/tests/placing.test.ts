import { expect, test } from "vitest";
import type { Alert } from "../src/documents";
import { placed } from "../src/domain/placing";

function alert(id: string, first: number, last = first, frames = 1): Alert {
  return { id, firstSeenAt: new Date(first), lastSeenAt: new Date(last), frames } as Alert;
}

const ids = (alerts: Alert[]) => alerts.map((one) => one.id).join("");

test("a visit that goes on changes in place", () => {
  const list = placed([], [alert("a", 30), alert("b", 20), alert("c", 10)]);
  const after = placed(list, [alert("c", 10, 40, 5), alert("a", 30), alert("b", 20)]);
  expect(ids(after)).toBe("abc");
  expect(after[2]?.frames).toBe(5);
});

test("what is new comes above what is older", () => {
  const list = placed([], [alert("b", 20), alert("c", 10)]);
  expect(ids(placed(list, [alert("a", 30)]))).toBe("abc");
});

test("an older page comes below", () => {
  const list = placed([], [alert("a", 30), alert("b", 20)]);
  expect(ids(placed(list, [alert("c", 15), alert("d", 10)]))).toBe("abcd");
});

test("the same page twice changes nothing", () => {
  const page = [alert("a", 30), alert("b", 20)];
  expect(placed(placed([], page), page)).toEqual(page);
});
