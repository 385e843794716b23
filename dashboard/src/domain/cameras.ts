/** What a camera's and an agent's documents come to at this moment. */
import type { Agent, Camera } from "../documents";

/** `CAMERA_OFFLINE_SECONDS` of the functions: several frames have to be missing. */
const OFFLINE_SECONDS = 300;

/** Three times missed, and an agent is silent. */
const AGENT_SECONDS = 90;

export type CameraState = "online" | "offline" | "new" | "disabled";

export function stateOf(camera: Camera, now: number): CameraState {
  if (camera.status === "disabled") return "disabled";
  if (!camera.lastSeenAt) return "new";
  return now - camera.lastSeenAt.getTime() <= OFFLINE_SECONDS * 1000 ? "online" : "offline";
}

/** Frames on the day `today`: a camera that has not posted since still has the count of an earlier one. */
export function framesToday(camera: Camera, today: string): number {
  return camera.day === today ? (camera.framesToday ?? 0) : 0;
}

export type AgentState = "none" | "there" | "silent";

export function agentOf(camera: Camera, agents: Agent[], now: number): AgentState {
  if (!camera.agentId) return "none";
  const agent = agents.find((one) => one.id === camera.agentId);
  if (!agent || agent.stoppedAt) return "silent";
  return now - agent.lastSeenAt.getTime() <= AGENT_SECONDS * 1000 ? "there" : "silent";
}

const HIGHEST_ANGLE = 180;

/** Where a servo stands, in degrees. */
export interface Place {
  pan: number;
  tilt: number;
}

/** A step from a place, within what a servo has. */
export function moved({ pan, tilt }: Place, by: Place): Place {
  const within = (angle: number) => Math.min(Math.max(angle, 0), HIGHEST_ANGLE);
  return { pan: within(pan + by.pan), tilt: within(tilt + by.tilt) };
}
