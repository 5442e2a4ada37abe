import type { Invitation } from "@/lib/repo/invitations.ts";
import type { InvitationState, InvitationView } from "@/lib/shared/operation_views.ts";

/** Says what has become of an invitation. */
export function stateOf(
  { accepted_at, withdrawn_at, expires_at }: Invitation,
  now = new Date(),
): InvitationState {
  if (accepted_at) return "accepted";
  if (withdrawn_at) return "withdrawn";
  return expires_at > now ? "open" : "expired";
}

/** The fields of an invitation that admins see. */
export function invitationView(invitation: Invitation): InvitationView {
  const { id, email, role, invited_by_name, created_at, expires_at } = invitation;
  const ended = invitation.accepted_at ?? invitation.withdrawn_at;
  return {
    invitation_id: id,
    email,
    role,
    state: stateOf(invitation),
    invited_by: invited_by_name,
    created_at: created_at.toISOString(),
    expires_at: expires_at.toISOString(),
    ended_at: ended?.toISOString() ?? null,
  };
}
