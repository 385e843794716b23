/**
 * Every document that the page reads or writes, as Firestore holds it with its times as `Date`.
 * A test holds these fields against what the functions really write.
 */

export type Reason =
  | "known"
  | "unknown"
  | "same_visit"
  | "ambiguous"
  | "no_face"
  | "too_small"
  | "too_blurred"
  | "too_dark"
  | "turned_away"
  | "cut_off"
  | "unclear"
  | "disarmed"
  | "muted";

export interface Candidate {
  personId: string;
  person: string;
  distance: number;
}

export interface Undelivered {
  reason: string;
  state: string;
  at: Date;
}

/** `alerts/{id}`: one visit of one person or stranger at one camera. */
export interface Alert {
  id: string;
  cameraId: string;
  cameraName: string;
  personId: string | null;
  person: string;
  isKnown: boolean;
  strangerId: string | null;
  reason: Reason;
  confidence: number;
  distance: number | null;
  candidates: Candidate[];
  firstSeenAt: Date;
  lastSeenAt: Date;
  frames: number;
  doubles: number;
  day: string;
  reviewed: boolean;
  quality: number;
  shot: string | null;
  beside: string[];
  picture: "stored" | "missing";
  imagePath: string | null;
  facePath: string | null;
  silence: "quiet_hours" | "record" | null;
  expireAt: Date;
  /** When somebody in it was erased. */
  erasedAt?: Date;
  undelivered?: Record<string, Undelivered>;
  /** When and by whom (uid) it was put right. */
  correctedAt?: Date;
  correctedBy?: string;
  /** Left, top, width and height of the face in parts of its frame; null where not known. */
  box: [number, number, number, number] | null;
  /** From -1, a profile that looks to the left of the picture, to 1; null or missing where not known. */
  yaw?: number | null;
  /** Mean grey of the face as it was taken, 0 to 255; null or missing where not known. */
  light?: number | null;
  /** How probably the face is that of a photo held up, 0 to 1; null or missing where nobody looked. */
  spoof?: number | null;
}

export interface Lookalike {
  personId: string;
  name: string;
  distance: number;
  /** The person's own photo that is closest. */
  photoId?: string;
}

/** `people/{id}`. */
export interface Person {
  id: string;
  name: string;
  muted?: boolean;
  consentAt?: Date | null;
  consentExpiresAt?: Date | null;
  photoCount?: number;
  createdAt: Date;
  lookalikes?: Lookalike[];
}

/** `people/{id}/photos/{id}`. */
export interface Photo {
  id: string;
  path: string;
  generation: number;
  status: "processing" | "enrolled" | "rejected";
  reason: string | null;
  quality: number | null;
  modelId: string | null;
  createdAt: Date;
  /** As of an alert; missing where none is enrolled, or was by an older version. */
  yaw?: number;
  light?: number;
}

/** `misplaced_photos/{id}`: a file in nobody's folder. */
export interface MisplacedPhoto {
  id: string;
  path: string;
  generation: number;
  reason: string;
  createdAt: Date;
}

/** `strangers/{id}`. */
export interface Stranger {
  id: string;
  visits: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
  facePath: string | null;
  faceAlertId: string | null;
  quality: number;
  ignored: boolean;
  modelId: string;
  expireAt: Date;
  /** The ids of those that saw it; missing where it was seen by an older version alone. */
  cameras?: string[];
  personId?: string | null;
}

export type Treatment = "tell" | "record" | "ignore";

/** `cameras/{id}`. */
export interface Camera {
  id: string;
  name: string;
  location: string;
  ipAddress: string;
  status: "active" | "disabled";
  agentId?: string;
  commandMap?: string | Record<string, string>;
  led: number;
  pan?: number;
  tilt?: number;
  lastSeenAt?: Date | null;
  lastReason?: string | null;
  framesToday?: number;
  doublesToday?: number;
  /** The day that `framesToday` counts. */
  day?: string;
  visitSeconds?: number | null;
  armed?: boolean | null;
  known?: Treatment | null;
  unknown?: Treatment | null;
  /** Turns towards the face that matters most. */
  follow?: boolean | null;
  /** What the lens sees along the longer side, in degrees. */
  fov?: number | null;
  /** By how many degrees its picture is turned clockwise to be upright. */
  rotation?: number | null;
  rotationHint?: number | null;
  presets?: Record<string, { pan: number; tilt: number }>;
  watchedUntil?: Date | null;
}

/** `receipts/{id}`: what was erased of somebody, whose id only its SHA-256 tells. */
export interface Receipt {
  id: string;
  personIdSha256: string;
  erasedAt: Date;
  erasedBy: string;
  counts: Record<string, number>;
  /** For how long the bucket could still bring the pictures back, 0 for not at all; null where it did not say. */
  softDeleteDays?: number | null;
}

/** `agents/{id}`. */
export interface Agent {
  id: string;
  lastSeenAt: Date;
  version: string;
  cameras: string[];
  stoppedAt?: Date | null;
}

export interface Hours {
  from: string;
  to: string;
}

export interface Telling {
  digest?: boolean;
  channels?: { email?: boolean; push?: boolean; webhook?: boolean };
}

/** `settings/site`: what is not there is as the functions' own settings have it. */
export interface Site {
  timezone?: string;
  armed?: boolean;
  armedHours?: Hours | null;
  quietHours?: Hours | null;
  known?: Treatment | null;
  unknown?: Treatment | null;
  notify?: Telling | null;
  threshold?: number | null;
  margin?: number;
  visitSeconds?: number;
  retentionDays?: number;
  /** The project's public key for push in browsers. */
  vapidKey?: string | null;
  /** The longest pause of a camera while nobody is there. */
  idleSeconds?: number;
  /** Frames that are judged on a day, of one camera and of all. */
  cameraFramesPerDay?: number;
  siteFramesPerDay?: number;
  /** Written by the functions alone. */
  camerasChangedAt?: Date;
  peopleChangedAt?: Date;
}
