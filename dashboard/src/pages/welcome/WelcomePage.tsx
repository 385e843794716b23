import {
  Bell,
  Cctv,
  CircleCheck,
  type LucideIcon,
  MessageSquare,
  Smartphone,
  UserRoundPlus,
} from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { rememberTold, told } from "../../device/told";
import { watchNewest } from "../../firebase/alerts";
import { hasDevice } from "../../firebase/house";
import { cameras, people, site } from "../../state/house";
import { to } from "../../state/route";
import { user } from "../../state/session";
import { t } from "../../strings";

/** The first five minutes, a step at a time; what is done already is ticked off. */
export function WelcomePage() {
  const words = t().welcome;
  const [hasAlert, setHasAlert] = useState(false);
  useEffect(
    () =>
      watchNewest(
        (alerts) => setHasAlert(alerts.length > 0),
        () => {},
      ),
    [],
  );
  const [getsPush, setGetsPush] = useState(false);
  const uid = user.value?.uid;
  useEffect(() => {
    if (uid) hasDevice(uid).then(setGetsPush, () => {});
  }, [uid]);
  // a way that was tried, chosen for the house, or switched on in a browser
  const isTold = told.value || Boolean(site.value.value?.notify) || getsPush;
  const hasPerson = (people.value.value ?? []).some((person) => (person.photoCount ?? 0) > 0);
  const hasCamera = (cameras.value.value ?? []).some((camera) => camera.lastSeenAt);
  return (
    <div class="page narrow stack">
      <header>
        <div>
          <h1>{words.title}</h1>
          <p class="soft">{words.lead}</p>
        </div>
      </header>
      <Step
        icon={UserRoundPlus}
        done={hasPerson}
        title={words.person}
        hint={words.personHint}
        href="#/people?add"
      />
      <Step icon={Cctv} done={hasCamera} title={words.camera} hint={words.cameraHint} href="#/cameras?add">
        <a class="button" href={to("phone")}>
          <Smartphone size={20} aria-hidden="true" /> {words.phone}
        </a>
      </Step>
      <Step icon={Bell} done={hasAlert} title={words.alert} hint={words.alertHint} href={to()} />
      <Step icon={MessageSquare} done={isTold} title={words.told} hint={words.toldHint} href={to("settings")}>
        {!isTold && (
          <button type="button" class="button" onClick={rememberTold}>
            {words.toldHere}
          </button>
        )}
      </Step>
      <a class="button plain" href={to()}>
        {hasPerson && hasCamera && hasAlert ? words.toNow : words.skip}
      </a>
    </div>
  );
}

interface Props {
  icon: LucideIcon;
  done: boolean;
  title: string;
  hint: string;
  href: string;
  children?: preact.ComponentChildren;
}

function Step({ icon: Icon, done, title, hint, href, children }: Props) {
  return (
    <section class="card stack">
      <div class="row">
        <Icon size={30} aria-hidden="true" />
        <div class="grow">
          <h2>{title}</h2>
          <p class="soft">{hint}</p>
        </div>
        {done && (
          <span class="badge good">
            <CircleCheck size={18} aria-hidden="true" /> {t().welcome.done}
          </span>
        )}
      </div>
      <div class="row wrap">
        <a class={done ? "button" : "button main"} href={href}>
          {title}
        </a>
        {children}
      </div>
    </section>
  );
}
