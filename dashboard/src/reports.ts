/** What the functions report in numbers. */

/** `GET /people/separation`: cosine distances, as counts per bin of `width` from 0 on. */
export interface Separation {
  /** That of the model, where no owner set one. */
  usual_threshold: number;
  threshold: number;
  one_photo: number;
  own_threshold: boolean;
  margin: number;
  width: number;
  within: number[];
  between: number[];
  /** `gap`: by how much at least a photo of either is nearer to its own person. */
  nearest: { person_id: string; other_id: string; distance: number; gap: number | null }[];
  people: {
    person_id: string;
    photos: number;
    threshold: number;
    farthest: { photo_id: string; distance: number }[];
  }[];
  /** People beyond those that were compared. */
  left_out: number;
}

/** What was counted on one day or several. */
export interface Counts {
  known: number;
  unknown: number;
  /** Of the day, 0 to 23; of several days added up. */
  hours: { hour: number; known: number; unknown: number }[];
  by_person: { person_id: string; person: string; alerts: number }[];
  by_camera: {
    camera_id: string;
    name: string;
    known: number;
    unknown: number;
    frames: number;
    /** Of its frames, those with any. */
    reasons: Record<string, number>;
  }[];
  frames: number;
  doubles: number;
  reasons: Record<string, number>;
  mean_milliseconds: number | null;
}

export interface Stats {
  known_persons: number;
  active_cameras: number;
  total_alerts_today: number;
  day: string;
  timezone: string;
  today: Counts;
  /** The last 14 days, today included. */
  two_weeks: Counts;
  days: { day: string; known: number; unknown: number }[];
}

/** `GET /status`: how the site is doing, for owners. */
export interface Status {
  cameras: {
    id: string;
    name: string | null;
    status: string;
    lastSeenAt: string | null;
    lastReason: string | null;
  }[];
  agents: {
    id: string;
    state: string;
    version: string | null;
    cameras: string[];
    lastSeenAt: string | null;
  }[];
  telling: {
    told: number;
    waiting: number;
    median_seconds: number | null;
    longest_seconds: number | null;
  };
  errors: { kind: string; about: string; at: string; message: string }[];
  /** Whether the functions' own log could be read for errors too. */
  log_read: boolean;
  network: string | null;
  version: string;
  month: { month: string; frames: number; dollars: number };
}
