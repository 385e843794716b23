/** What an owner says about alerts. Each can be undone for ten seconds. */
import { correctAlert, deleteAlert, ignoreStranger, nameStranger, notAFace } from "../../api";
import type { Alert } from "../../documents";
import { photoIdOf } from "../../domain/coverage";
import { setReviewed } from "../../firebase/alerts";
import { createPerson } from "../../firebase/people";
import { deletePhoto, readPicture, uploadPhoto } from "../../firebase/pictures";
import { forgetPhotos } from "../../state/photos";
import { deferred, reversible } from "../../state/toasts";
import { t } from "../../strings";
import { candidatesOf } from "./words";

/** Changes what is on the screen at once; what it returns takes that back. */
export type Patch = (id: string, change: Partial<Alert> | null) => () => void;

/** Somebody who is there, or a name for somebody new. */
export type Who = { personId: string; name: string } | { name: string };

export async function review(alerts: Alert[], patch: Patch): Promise<void> {
  const reverts = alerts.map((alert) => patch(alert.id, { reviewed: true }));
  const done = await reversible(t().now.done.right, async () => {
    await Promise.all(alerts.map((alert) => setReviewed(alert.id, true)));
    return () => {
      for (const revert of reverts) revert();
      return Promise.all(alerts.map((alert) => setReviewed(alert.id, alert.reviewed)));
    };
  });
  if (!done) for (const revert of reverts) revert();
}

/** It is nobody who is known; or, of two candidates or by a look, somebody else. */
export async function correct(alert: Alert, who: { personId: string; name: string } | null, patch: Patch) {
  const change: Partial<Alert> = who
    ? { personId: who.personId, person: who.name, isKnown: true, reviewed: true }
    : {
        personId: null,
        person: "Unknown",
        isKnown: false,
        reason: "unknown",
        candidates: [],
        reviewed: true,
      };
  const revert = patch(alert.id, change);
  if (who && candidatesOf(alert).length > 0) {
    // once it is answered, the server knows no more between whom it was: until then nothing is sent
    const answer = () => correctAlert(alert.id, { person_id: who.personId }, true);
    return deferred(t().now.done.is(who.name), answer, revert);
  }
  const text = who ? t().now.done.is(who.name) : t().now.done.not(alert.person);
  const done = await reversible(text, async () => {
    const { was } = await correctAlert(alert.id, { person_id: who?.personId ?? null });
    await setReviewed(alert.id, true);
    return async () => {
      await correctAlert(
        alert.id,
        was.stranger_id ? { stranger_id: was.stranger_id } : { person_id: was.person_id },
      );
      await setReviewed(alert.id, alert.reviewed);
      revert();
    };
  });
  if (!done) revert();
}

/** Says who alerts are of: a stranger is named with all visits, anything else alert by alert. */
export async function identify(alerts: Alert[], who: Who, patch: Patch): Promise<void> {
  const only = alerts.length === 1 ? alerts[0] : undefined;
  if (only && "personId" in who && !only.strangerId) return correct(only, who, patch);
  const change: Partial<Alert> = { person: who.name, isKnown: true, reviewed: true };
  const reverts = alerts.map((alert) => patch(alert.id, change));
  deferred(
    t().now.done.is(who.name),
    () => identifyNow(alerts, who),
    () => {
      for (const revert of reverts) revert();
    },
  );
}

async function identifyNow(alerts: Alert[], who: Who): Promise<void> {
  let personId = "personId" in who ? who.personId : null;
  const strangers = new Set(
    alerts.flatMap((alert) => (alert.isKnown || !alert.strangerId ? [] : [alert.strangerId])),
  );
  for (const stranger of strangers) {
    personId = (await nameStranger(stranger, personId ? { person_id: personId } : { name: who.name }))
      .person_id;
  }
  for (const alert of alerts) {
    if (alert.strangerId && strangers.has(alert.strangerId)) continue;
    personId ??= await createPerson(who.name);
    await correctAlert(alert.id, { person_id: personId }, true);
  }
  // a visit that ended meanwhile may be gone by now
  await Promise.all(alerts.map((alert) => setReviewed(alert.id, true).catch(() => {})));
}

export function discard(alerts: Alert[], patch: Patch): void {
  const reverts = alerts.map((alert) => patch(alert.id, null));
  deferred(
    t().now.done.deleted(alerts.length),
    () => Promise.all(alerts.map((alert) => deleteAlert(alert.id))),
    () => {
      for (const revert of reverts) revert();
    },
  );
}

export function sayNotAFace(alert: Alert, patch: Patch): void {
  const revert = patch(alert.id, null);
  deferred(t().now.done.notAFace, () => notAFace(alert.id), revert);
}

export async function neverMind(alert: Alert, patch: Patch): Promise<void> {
  const stranger = alert.strangerId;
  if (!stranger) return;
  const revert = patch(alert.id, { reviewed: true });
  const done = await reversible(t().now.done.ignored, async () => {
    await ignoreStranger(stranger, true);
    await setReviewed(alert.id, true);
    return async () => {
      await ignoreStranger(stranger, false);
      await setReviewed(alert.id, alert.reviewed);
      revert();
    };
  });
  if (!done) revert();
}

/** The face of an alert becomes a photo of the person that it is of. False when it did not. */
export async function addAsPhoto(alert: Alert): Promise<boolean> {
  const { facePath, personId } = alert;
  if (!facePath || !personId) return false;
  const photoId = photoIdOf(alert);
  return reversible(t().now.done.photoAdded(alert.person), async () => {
    await uploadPhoto(personId, photoId, await readPicture(facePath), () => {});
    forgetPhotos(personId);
    return async () => {
      await deletePhoto(`faces/${personId}/${photoId}`);
      forgetPhotos(personId);
    };
  });
}
