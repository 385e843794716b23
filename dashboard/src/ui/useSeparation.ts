/** How far apart one's own people are, asked for once a minute at most. */
import { useEffect, useState } from "preact/hooks";
import { type Separation, separation } from "../api";

const FRESH_MILLISECONDS = 60_000;

let asked: { at: number; answer: Promise<Separation> } | null = null;

function recent(): Promise<Separation> {
  if (!asked || Date.now() - asked.at > FRESH_MILLISECONDS) {
    asked = { at: Date.now(), answer: separation() };
    asked.answer.catch(() => {
      asked = null;
    });
  }
  return asked.answer;
}

/** `again` asks anew, after a failure or a change. */
export function useSeparation() {
  const [found, setFound] = useState<Separation | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let ended = false;
    setError(null);
    recent().then(
      (answer) => ended || setFound(answer),
      (problem: unknown) => ended || setError(problem),
    );
    return () => {
      ended = true;
    };
  }, [tries]);
  return {
    found,
    error,
    again: () => {
      asked = null;
      setTries(tries + 1);
    },
  };
}
