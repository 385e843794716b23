/** The calls that need the server's judgement: the contract between this page and the functions. */
import type { Camera } from "./documents";
import { idToken, tokenWhileLeaving } from "./firebase/session";
import type { Separation, Stats, Status } from "./reports";

export type { Separation, Stats, Status } from "./reports";

/** The function's own words; `code` as in the tables of docs/api.md, `unreachable` where nothing answered. */
export class CallError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Hosting ends a call after 60 s. */
const SECONDS = 65;

async function send(method: string, path: string, body?: object, keepalive = false): Promise<Response> {
  const token = (keepalive && tokenWhileLeaving()) || (await idToken());
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
  if (body) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      keepalive,
      signal: AbortSignal.timeout(SECONDS * 1000),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  } catch {
    throw new CallError("unreachable", "", 0);
  }
  if (answer.ok) return answer;
  const told = (await answer.json().catch(() => ({}))) as { error?: string; message?: string };
  throw new CallError(told.error ?? "internal", told.message ?? "", answer.status);
}

async function call<T>(method: string, path: string, body?: object, keepalive = false): Promise<T> {
  return (await (await send(method, path, body, keepalive)).json()) as T;
}

const part = encodeURIComponent;

/** Who an alert was, or is. */
export interface Identity {
  person_id: string | null;
  person: string;
  is_known: boolean;
  stranger_id: string | null;
}

export type Correction = { person_id: string | null } | { stranger_id: string };

/** `POST /alerts/{id}/correct`; with `leaving` it goes on when the page is being left. */
export function correctAlert(id: string, correction: Correction, leaving = false) {
  return call<Identity & { alert_id: string; was: Identity }>(
    "POST",
    `/alerts/${part(id)}/correct`,
    correction,
    leaving,
  );
}

/** `POST /alerts/{id}/delete`; goes on when the page is being left. */
export function deleteAlert(id: string) {
  return call<object>("POST", `/alerts/${part(id)}/delete`, {}, true);
}

export interface Similar {
  alert_id: string;
  distance: number;
}

/** `GET /alerts/{id}/similar`: the nearest past alerts, at most 50, the nearest first. */
export function similarAlerts(id: string) {
  return call<{ alerts: Similar[] }>("GET", `/alerts/${part(id)}/similar`);
}

/** `POST /alerts/{id}/not-a-face`: the alert goes, and what looks like it is silent from then on. */
export function notAFace(id: string) {
  return call<{ alert_id: string }>("POST", `/alerts/${part(id)}/not-a-face`, {}, true);
}

export interface Naming {
  person_id: string;
  person: string;
  alerts: number;
  pictures: number;
  enrolled: number;
  rejected: { photo_id: string; reason: string }[];
  waiting: number;
}

/** `POST /strangers/{id}/name`: a new person of that name, or one who is there. */
export function nameStranger(id: string, who: { name: string } | { person_id: string }) {
  return call<Naming>("POST", `/strangers/${part(id)}/name`, who, true);
}

export function ignoreStranger(id: string, ignored: boolean) {
  return call<{ ignored: boolean }>("POST", `/strangers/${part(id)}/ignore`, { ignored });
}

export function mergeStranger(id: string, into: string) {
  return call<object>("POST", `/strangers/${part(id)}/merge`, { into }, true);
}

export function mergePerson(id: string, into: string) {
  return call<object>("POST", `/people/${part(id)}/merge`, { into }, true);
}

export interface Receipt {
  receipt_id: string;
  erased_at: string;
  counts: Record<string, number>;
  /** For so long the project's owner can bring the pictures back; null where the bucket does not say. */
  soft_delete_days: number | null;
}

export function erasePerson(id: string) {
  return call<Receipt>("POST", `/people/${part(id)}/erase`, {});
}

export interface Traces {
  count: number;
  /** The first places. */
  traces: string[];
}

/** `POST /people/{id}/traces`: where somebody is still named; after an erasure nowhere. */
export function findTraces(id: string, name: string) {
  return call<Traces>("POST", `/people/${part(id)}/traces`, { name });
}

/** Stores all of a person as a zip file, for a day: where, and what to call it. */
export function exportPerson(id: string) {
  return call<{ path: string; name: string }>("GET", `/people/${part(id)}/export`);
}

export function separation() {
  return call<Separation>("GET", "/people/separation");
}

export function stats() {
  return call<Stats>("GET", "/stats");
}

export function status() {
  return call<Status>("GET", "/status");
}

/** What an owner may set. */
export type CameraFields = Partial<
  Pick<
    Camera,
    | "name"
    | "location"
    | "ipAddress"
    | "status"
    | "agentId"
    | "commandMap"
    | "visitSeconds"
    | "armed"
    | "known"
    | "unknown"
    | "follow"
    | "fov"
    | "rotation"
    | "presets"
  >
>;

export function createCamera(fields: CameraFields) {
  return call<{ camera: { id: string }; key: string }>("POST", "/cameras", fields);
}

export function changeCamera(id: string, fields: CameraFields) {
  return call<object>("PATCH", `/cameras/${part(id)}`, fields);
}

export function removeCamera(id: string) {
  return call<object>("DELETE", `/cameras/${part(id)}`);
}

export function newKey(id: string) {
  return call<{ key: string }>("POST", `/cameras/${part(id)}/key`);
}

/** Why a camera has no live picture. */
export type NotWatched = "disarmed" | "disabled";

/** `POST /cameras/{id}/watch`: keep the camera's latest frame in `live/{id}.jpg` for the next 30 s. */
export function watchCamera(id: string) {
  return call<{ watched_until: string | null; reason: NotWatched | null }>(
    "POST",
    `/cameras/${part(id)}/watch`,
  );
}

export type Order =
  | { action: "servo"; pan?: number; tilt?: number }
  | { action: "led"; led: number }
  | { action: "framesize"; framesize: string }
  | { action: "snapshot" | "status" };

export function control(cameraId: string, order: Order) {
  return call<{ result: Record<string, unknown> }>("POST", "/control", { camera_id: cameraId, ...order });
}

export type Channel = "email" | "push" | "webhook";

/** `POST /notify/test`: tells by one way that all is well; what went wrong is said in words. */
export function testNotice(channel: Channel) {
  return call<{ delivered: boolean; message: string }>("POST", "/notify/test", { channel });
}

export interface Member {
  uid: string;
  email: string;
  role: "owner" | "viewer" | "agent";
  agent_id?: string;
}

/** `/members`, for owners. */
export function members() {
  return call<{ members: Member[] }>("GET", "/members");
}

export function inviteMember(email: string, role: "owner" | "viewer") {
  // an address without a password of its own needs a reset mail
  return call<{ member: Member; choose_password: boolean }>("POST", "/members", { email, role });
}

/** `POST /members/sign-out`: ends all sessions of the caller. */
export function signOutEverywhere() {
  return call<object>("POST", "/members/sign-out");
}

export function removeMember(uid: string) {
  return call<object>("DELETE", `/members/${part(uid)}`);
}
