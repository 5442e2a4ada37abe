import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { lifeInWords, ONE_TIME } from "@/lib/shared/one_time.ts";

interface InvitationLinkProps {
  readonly email: string;
  readonly link: string;
  /** The island CopyButton. */
  readonly copy: ComponentChildren;
}

/** Shows the link of an invitation, which cannot be shown again. */
export function InvitationLink({ email, link, copy }: InvitationLinkProps) {
  return (
    <div class="card card-body">
      <Alert kind="success">
        This is the new link for {email}. It works once, for{" "}
        {lifeInWords(ONE_TIME.invitation.linkMinutes)}, and earlier links are dead.
      </Alert>
      <p>
        Give it to nobody else: it makes an account for whoever opens it. It is not shown again.
      </p>
      <input
        class="form-control"
        type="text"
        readOnly
        aria-label="Link of the invitation"
        value={link}
      />
      <div class="form-actions">
        {copy}
        <a class="btn btn-quiet" href="/invitations">Back to the invitations</a>
      </div>
    </div>
  );
}
