/** What there is few of and is always at hand: strangers, cameras, agents, the site's settings. */
import { limit, orderBy } from "firebase/firestore";
import type { Agent, Camera, Site, Stranger } from "../documents";
import { merge, type OnFailure, type Unsubscribe, watchDocument, watchQuery } from "./store";

const STRANGERS = 60;

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

/** Sets some of the site's settings; the others stay. */
export function changeSite(change: Partial<Site>): Promise<void> {
  return merge("settings/site", change);
}
