import { Name } from "@/components/Name.tsx";
import type { AuditView } from "@/lib/shared/views.ts";

interface AuditSentenceProps {
  readonly event: AuditView;
}

/** What people do with their own account, some of it before they are signed in to it. */
const OWN: Readonly<Record<string, string>> = {
  register: "registered",
  sign_in: "signed in",
  sign_out: "signed out",
  verify_email: "confirmed the address",
  change_password: "changed the password",
};

/** What somebody does to a user. */
const DONE: Readonly<Record<string, string>> = {
  sign_in_failed: "failed to sign in as",
  create_user: "created",
  edit_user: "edited",
  suspend_user: "suspended",
  activate_user: "activated",
  unlock_user: "unlocked",
  delete_user: "deleted",
  restore_user: "brought back",
  sign_out_user: "ended the sessions of",
  import_users: "imported",
  seed_users: "made up sample users",
};

/** An entry of the audit trail in words: who did what to whom. */
export function AuditSentence({ event: { actor, action, target } }: AuditSentenceProps) {
  const own = OWN[action];
  const subject = own ? target : actor === "anonymous" ? "Somebody" : actor;
  return (
    <span>
      {subject && <Name class="fw-bold" text={subject} />} {own ?? DONE[action] ?? action}
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
