import { Name } from "@/components/Name.tsx";
import { actorInWords, isOwnTrail, trailOf } from "@/lib/shared/audit_words.ts";
import type { AuditView } from "@/lib/shared/views.ts";
import { cut } from "@/lib/shared/words.ts";

interface AuditSentenceProps {
  readonly event: AuditView;
}

/** An entry of the audit trail in words: who did what to whom. */
export function AuditSentence({ event }: AuditSentenceProps) {
  const { actor, action, target } = event;
  const isOwn = isOwnTrail(action);
  const subject = isOwn ? "user" : "actor";
  const doer = actor === "anonymous" ? "Somebody" : actorInWords(event);
  const names = new Map([
    ["actor", doer],
    ["user", target ?? "an unknown user"],
  ]);
  return (
    <span>
      {cut(trailOf(action)).map((part) => {
        const text = names.get(part);
        const look = part === subject ? { class: "fw-bold" } : {};
        return text === undefined ? part : <Name key={part} {...look} text={text} />;
      })}
      {isOwn && event.real_actor !== null && (
        <>
          , done by <Name text={doer} />
        </>
      )}
    </span>
  );
}
