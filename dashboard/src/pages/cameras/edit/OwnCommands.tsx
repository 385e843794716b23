import { useEffect, useState } from "preact/hooks";
import type { CameraFields } from "../../../api";
import type { Camera } from "../../../documents";
import { ACTIONS, EXAMPLES, filled, PLACES, type Problem, problemOf } from "../../../domain/commands";
import { t } from "../../../strings";

interface Props {
  camera: Camera;
  save: (fields: CameraFields) => Promise<void>;
}

/** The paths of a sketch of one's own, one for each thing that it can do. */
export function OwnCommands({ camera, save }: Props) {
  const words = t().cameras.commands;
  const stored = typeof camera.commandMap === "object" ? camera.commandMap : {};
  const key = JSON.stringify(stored);
  const [paths, setPaths] = useState<Record<string, string>>(stored);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => setPaths(JSON.parse(key) as Record<string, string>), [key]);

  function submit(event: Event) {
    event.preventDefault();
    const found = problemOf(paths);
    setProblem(found);
    if (found === null) save({ commandMap: filled(paths) }).catch(() => {});
  }

  return (
    <form class="stack inset" onSubmit={submit} aria-label={words.title} noValidate>
      <p class="soft small">{words.lead}</p>
      {ACTIONS.map((action) => (
        <label class="field" key={action}>
          {words.actions[action]}
          <input
            class="input"
            dir="ltr"
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            placeholder={EXAMPLES[action]}
            aria-invalid={problem !== null && problem.kind !== "none" && problem.action === action}
            value={paths[action] ?? ""}
            onInput={(event) => setPaths({ ...paths, [action]: event.currentTarget.value })}
          />
          {PLACES[action].length > 0 && (
            <span class="hint soft small">
              {words.places(PLACES[action].map((place) => `{${place}}`).join(", "))}
            </span>
          )}
        </label>
      ))}
      {problem && (
        <p class="badge bad block" role="alert">
          {inWords(problem)}
        </p>
      )}
      <button type="submit" class="button main">
        {words.keep}
      </button>
    </form>
  );
}

function inWords(problem: Problem): string {
  const words = t().cameras.commands;
  if (problem.kind === "none") return words.problems.none;
  const action = words.actions[problem.action];
  return problem.kind === "place"
    ? words.problems.place(action, problem.place)
    : words.problems[problem.kind](action);
}
