import { useEffect, useState } from "preact/hooks";
import { inWords } from "../../state/toasts";

/** What `ask` answers, asked again every so often while the page is looked at; and what went wrong, in words. */
export function useReport<T>(
  ask: () => Promise<T>,
  milliseconds: number,
): { report: T | null; problem: string } {
  const [report, setReport] = useState<T | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let ended = false;
    const read = () =>
      ask().then(
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
  }, [ask, milliseconds]);
  return { report, problem };
}
