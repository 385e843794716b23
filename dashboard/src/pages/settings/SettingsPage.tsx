import { changeSite, type SiteChange } from "../../firebase/house";
import { site } from "../../state/house";
import { isOwner } from "../../state/session";
import { fail, inWords, show } from "../../state/toasts";
import { t } from "../../strings";
import { Waiting } from "../../ui/Waiting";
import { Account } from "./Account";
import { Frames } from "./Frames";
import { Members } from "./Members";
import { Receipts } from "./Receipts";
import { Recognition } from "./recognition/Recognition";
import { Telling } from "./Telling";
import { When } from "./When";
import { Whom } from "./Whom";

/** Saves a change of the site's settings; rejects where it was refused. */
export type Save = (change: SiteChange) => Promise<void>;

async function save(change: SiteChange): Promise<void> {
  try {
    await changeSite(change);
    show({ kind: "done", text: t().saved });
  } catch (error) {
    fail(error);
    throw error;
  }
}

/** How the house behaves, and this screen. */
export function SettingsPage() {
  const words = t().settings;
  const { value, error } = site.value;
  return (
    <div class="page narrow stack wide-gap">
      <header>
        <h1>{words.title}</h1>
      </header>
      {error && <p class="badge bad block">{inWords(error)}</p>}
      {!value && !error && <Waiting />}
      {value && !isOwner.value && <p class="badge block">{t().viewerOnly}</p>}
      {value && isOwner.value && (
        <>
          <When site={value} save={save} />
          <Whom site={value} save={save} />
          <Telling site={value} save={save} />
          <Recognition site={value} save={save} />
          <Frames site={value} save={save} />
          <Members />
          <Receipts />
        </>
      )}
      <Account />
    </div>
  );
}
