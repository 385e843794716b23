/** What there is few of and is always at hand: strangers, cameras, agents, the site's settings. */
import { deleteField, limit, orderBy, where } from "firebase/firestore";
import type { Agent, Camera, Receipt, Site, Stranger } from "../documents";
import { merge, type OnFailure, readQuery, type Unsubscribe, watchDocument, watchQuery } from "./store";

const STRANGERS = 60;
const RECEIPTS = 20;

export function watchStrangers(
  onStrangers: (strangers: Stranger[]) => void,
  onFailure: OnFailure,
): Unsubscribe {
  return watchQuery("strangers", [orderBy("lastSeenAt", "desc"), limit(STRANGERS)], onStrangers, onFailure);
}

export function watchStranger(
  id: string,
  onStranger: (stranger: Stranger | null) => void,
  onFailure: OnFailure,
): Unsubscribe {
  return watchDocument(`strangers/${id}`, onStranger, onFailure);
}

export function watchCameras(onCameras: (cameras: Camera[]) => void, onFailure: OnFailure): Unsubscribe {
  return watchQuery("cameras", [], onCameras, onFailure);
}

export function watchAgents(onAgents: (agents: Agent[]) => void, onFailure: OnFailure): Unsubscribe {
  return watchQuery("agents", [], onAgents, onFailure);
}

export function watchSite(onSite: (site: Site | null) => void, onFailure: OnFailure): Unsubscribe {
  return watchDocument<Site & { id: string }>(
    "settings/site",
    (site) => {
      if (site === null) return onSite(null);
      const { id: _, ...fields } = site;
      onSite(fields);
    },
    onFailure,
  );
}

/** The receipts of the latest erasures. */
export function latestReceipts(): Promise<Receipt[]> {
  return readQuery("receipts", orderBy("erasedAt", "desc"), limit(RECEIPTS));
}

/** What to set of the site's settings; undefined: as the functions' own settings have it. */
export type SiteChange = { [Name in keyof Site]?: Site[Name] | undefined };

/** Sets some of the site's settings; the others stay. */
export function changeSite(change: SiteChange): Promise<void> {
  const fields = Object.entries(change).map(([name, value]) => [
    name,
    value ?? (value === null ? null : deleteField()),
  ]);
  return merge("settings/site", Object.fromEntries(fields));
}

/** Whether any browser of that user gets push. */
export async function hasDevice(uid: string): Promise<boolean> {
  return (await readQuery("devices", where("uid", "==", uid), limit(1))).length > 0;
}
