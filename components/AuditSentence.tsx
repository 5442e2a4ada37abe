import { Name } from "@/components/Name.tsx";
import { wordsForDone, wordsForOwn } from "@/lib/shared/audit_words.ts";
import type { AuditView } from "@/lib/shared/views.ts";

interface AuditSentenceProps {
  readonly event: AuditView;
}

/** An entry of the audit trail in words: who did what to whom. */
export function AuditSentence({ event: { actor, action, target } }: AuditSentenceProps) {
  const own = wordsForOwn(action);
  const subject = own ? target : actor === "anonymous" ? "Somebody" : actor;
  return (
    <span>
      {subject && <Name class="fw-bold" text={subject} />} {own ?? wordsForDone(action)}
      {!own && <ObjectOf action={action} target={target} />}
    </span>
  );
}

function ObjectOf({ action, target }: Pick<AuditView, "action" | "target">) {
  if (target !== null) {
    return (
      <>
        {" "}
        <Name text={target} />
      </>
    );
  }
  return action === "sign_in_failed" ? <>{" an unknown user"}</> : null;
}
