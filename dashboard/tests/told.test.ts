import { expect, test } from "vitest";
import { translation } from "../src/domain/told";
import { de } from "../src/strings/de";

const german = translation(
  { "Agent {} stopped {} ago.": "Seit {1} steht {0}.", "{} failed.": "{} ging nicht." },
  (n, unit) => (unit === "minute" ? `${n} Minuten` : unit),
);

test("what differs goes to its place, and a length of time is said in the language", () => {
  expect(german("Agent a.b* stopped 5 minutes ago.")).toBe("Seit 5 Minuten steht a.b*.");
  expect(german("x $& y failed.")).toBe("x $& y ging nicht.");
});

test("a sentence that nobody has translated is no other one", () => {
  expect(german("Agent a failed")).toBeNull();
  expect(de.told("Something new.")).toBe("Lookout meldet: „Something new.“");
});

test("what the functions say is German in the German page", () => {
  expect(de.told("Agent agent_001 was stopped 1 second ago: start it again.")).toBe(
    "Der Agent agent_001 wurde vor 1 Sekunde angehalten: starte ihn wieder.",
  );
  expect(
    de.told("ipAddress='8.8.8.8' is no private IPv4 address such as 192.168.1.100 or 192.168.1.100:81."),
  ).toBe("'8.8.8.8' ist keine private IPv4-Adresse wie 192.168.1.100 oder 192.168.1.100:81.");
  expect(de.told("There is no person 'x'.")).toBe("Diese Person gibt es nicht mehr.");
});
