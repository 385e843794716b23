/** What every page asks for: people, strangers, cameras, agents and the site's settings. */
import { computed, effect } from "@preact/signals";
import { stats } from "../api";
import type { Agent, Camera, Person, Site, Stranger } from "../documents";
import { watchAgents, watchCameras, watchSite, watchStrangers } from "../firebase/house";
import { portraitPath, watchPeople } from "../firebase/people";
import { serverNow } from "../firebase/project";
import { live } from "./live";
import { zone, zoneIsKnown, zoneIsMissing } from "./time";

export const people = live<Person[]>(watchPeople);
export const strangers = live<Stranger[]>((onValue, onFailure) =>
  watchStrangers((found) => onValue(found.filter((one) => one.expireAt > serverNow())), onFailure),
);
export const cameras = live<Camera[]>(watchCameras);
export const agents = live<Agent[]>(watchAgents);

export const site = live<Site>((onValue, onFailure) =>
  watchSite(
    (found) => {
      if (found?.timezone) goBy(found.timezone);
      else void learnZone();
      onValue(found ?? {});
    },
    (error) => {
      zoneIsMissing.value = !zoneIsKnown.peek();
      onFailure(error);
    },
  ),
);

/** Has the house's zone known, on whichever page. Returns what ends that. */
export function keepZone(): () => void {
  return effect(() => void site.value);
}

function goBy(name: string): void {
  zone.value = name;
  zoneIsKnown.value = true;
  zoneIsMissing.value = false;
}

let asked = false;

/** Where no owner has set a time zone, the functions' own setting counts. */
export async function learnZone(): Promise<void> {
  if (asked) return;
  asked = true;
  zoneIsMissing.value = false;
  try {
    goBy((await stats()).timezone);
  } catch {
    asked = false;
    zoneIsMissing.value = true;
  }
}

/** People by name, as lists show them. */
export const peopleByName = computed(() =>
  [...(people.value.value ?? [])].sort((one, other) => one.name.localeCompare(other.name)),
);

const portraits = new Map<string, Promise<string | null>>();

/** Where a face of the person lies, asked for once; null where no photo is enrolled. */
export function portrait(personId: string): Promise<string | null> {
  let found = portraits.get(personId);
  if (!found) {
    found = portraitPath(personId).catch(() => null);
    portraits.set(personId, found);
    void found.then((path) => {
      if (path === null) portraits.delete(personId);
    });
  }
  return found;
}

/** After photos came or went. */
export function forgetPortrait(personId: string): void {
  portraits.delete(personId);
}
