import { Name } from "@/components/Name.tsx";
import { actorInWords, isOwnTrail, trailOf } from "@/lib/shared/audit_words.ts";
import { userPath } from "@/lib/shared/users.ts";
import type { AuditView } from "@/lib/shared/views.ts";
import { cut } from "@/lib/shared/words.ts";

interface AuditSentenceProps {
  readonly event: AuditView;
}

/** An entry of the audit trail in words: who did what to whom. */
export function AuditSentence({ event }: AuditSentenceProps) {
  const { actor, actor_id, real_actor_id, action, target, target_id } = event;
  const isOwn = isOwnTrail(action);
  const subject = isOwn ? "user" : "actor";
  const doer = {
    text: actor === "anonymous" ? "Somebody" : actorInWords(event),
    id: real_actor_id ?? actor_id,
  };
  const names = new Map([
    ["actor", doer],
    ["user", { text: target ?? "an unknown user", id: target_id }],
  ]);
  return (
    <span class="sentence">
      {cut(trailOf(action)).map((part) => {
        const person = names.get(part);
        const look = part === subject ? { class: "fw-bold" } : {};
        return person === undefined ? part : <PersonLink key={part} {...look} {...person} />;
      })}
      {isOwn && event.real_actor !== null && (
        <>
          , done by <PersonLink {...doer} />
        </>
      )}
    </span>
  );
}

interface PersonLinkProps {
  readonly text: string;
  /** `null` for visitors and tasks. */
  readonly id: number | null;
  readonly class?: string;
}

function PersonLink({ id, ...name }: PersonLinkProps) {
  if (id === null) return <Name {...name} />;
  return (
    <a class="quiet-link" href={userPath(id)}>
      <Name {...name} />
    </a>
  );
}
