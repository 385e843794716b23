/** The paths under which a camera's own sketch is steered, and what is wrong with one that was typed. */

/** What each action has a value for, as the agent fills it in. */
export const PLACES = {
  servo: ["pan", "tilt"],
  led: ["led"],
  framesize: ["framesize", "framesize_old", "framesize_name"],
  snapshot: [],
  status: [],
} as const;

export type Action = keyof typeof PLACES;
export const ACTIONS = Object.keys(PLACES) as Action[];

/** An example of each, as it may stand in an empty field. */
export const EXAMPLES: Record<Action, string> = {
  servo: "/servo?pan={pan}&tilt={tilt}",
  led: "/led?state={led}",
  framesize: "/control?var=framesize&val={framesize}",
  snapshot: "/capture",
  status: "/status",
};

/** As many characters as the agent sends. */
export const LONGEST = 200;

export type Problem =
  | { kind: "none" }
  | { kind: "path" | "letters" | "long"; action: Action }
  | { kind: "place"; action: Action; place: string };

/** What is wrong with the paths that were typed, the first of it; null where they can be kept. */
export function problemOf(paths: Record<string, string>): Problem | null {
  let some = false;
  for (const action of ACTIONS) {
    const path = (paths[action] ?? "").trim();
    if (path === "") continue;
    some = true;
    if (!path.startsWith("/")) return { kind: "path", action };
    if (!/^[!-~]*$/.test(path)) return { kind: "letters", action };
    if (path.length > LONGEST) return { kind: "long", action };
    const places: readonly string[] = PLACES[action];
    for (const [whole, name = ""] of path.matchAll(/\{(\w*)\}/g)) {
      if (!places.includes(name)) return { kind: "place", action, place: whole };
    }
  }
  return some ? null : { kind: "none" };
}

/** The paths to keep: those that are not empty. */
export function filled(paths: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    ACTIONS.map((action): [string, string] => [action, (paths[action] ?? "").trim()]).filter(
      ([, path]) => path !== "",
    ),
  );
}
