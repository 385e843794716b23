import { useEffect, useRef, useState } from "preact/hooks";
import { inWords } from "../../state/toasts";

/** What `ask` answers, asked again every so often while the page is looked at; and what went wrong, in words. */
export function useReport<T>(
  ask: () => Promise<T>,
  milliseconds: number,
): { report: T | null; problem: string } {
  const [report, setReport] = useState<T | null>(null);
  const [problem, setProblem] = useState("");
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    let ended = false;
    const read = () =>
      latest.current().then(
        (found) => {
          if (ended) return;
          setReport(found);
          setProblem("");
        },
        (error: unknown) => ended || setProblem(inWords(error)),
      );
    void read();
    const timer = setInterval(() => document.visibilityState === "visible" && void read(), milliseconds);
    return () => {
      ended = true;
      clearInterval(timer);
    };
  }, [milliseconds]);
  return { report, problem };
}
