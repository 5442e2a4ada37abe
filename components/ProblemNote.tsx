import { explainProblem, type Problem } from "@/lib/shared/api.ts";

interface ProblemNoteProps {
  readonly problem: Problem;
}

/**
 * Says what went wrong with a form in a modal. If the session has ended, it offers to sign in
 * without losing the input.
 */
export function ProblemNote({ problem }: ProblemNoteProps) {
  if (problem.next !== undefined) {
    return (
      <>
        {explainProblem(problem)}:{" "}
        <a href={problem.next} target="_blank">go on in a new tab</a>, come back, and save again:
        what you typed stays here
      </>
    );
  }
  if (problem.status !== 401) return <>{explainProblem(problem)}</>;
  return (
    <>
      Your session has ended.{" "}
      <a href="/login" target="_blank">Sign in in a new tab</a>, come back, and save again: what you
      typed stays here
    </>
  );
}
