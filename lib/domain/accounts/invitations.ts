import { hashToken, randomToken } from "@/lib/crypto/token.ts";
import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { readableAddress } from "@/lib/readable_address.ts";
import {
  deleteEndedInvitations,
  findInvitationById,
  type Invitation,
  listInvitations,
  lockInvitationById,
  type NewInvitation,
  updateInvitation,
  upsertInvitation,
} from "@/lib/repo/invitations.ts";
import type { AuditAction, PermittedAction } from "@/lib/shared/actions.ts";
import type { Values } from "@/lib/shared/form.ts";
import { INVITATIONS_KEPT_DAYS, PAGE_SIZE_DEFAULT } from "@/lib/shared/limits.ts";
import { ONE_TIME } from "@/lib/shared/one_time.ts";
import type { idPageForm } from "@/lib/shared/list_forms.ts";
import type { inviteForm } from "@/lib/shared/user_forms.ts";
import type { InvitationListView, InvitationView } from "@/lib/shared/operation_views.ts";
import { type Actor, isOfUser } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { invitationView } from "./invitation_state.ts";
import { postLetters, requireLetterAllowance } from "./letters.ts";
import { minutesFromNow } from "./one_time.ts";

const { path: PATH, linkMinutes: LINK_MINUTES } = ONE_TIME.invitation;

/** Stands for the inviter if an operator sent the invitation. */
const OPERATOR = "an admin";

/**
 * Lists invitations, newest first.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`
 */
export async function listInvitationPage(
  { db }: Services,
  actor: Actor,
  query: Values<typeof idPageForm>,
): Promise<InvitationListView> {
  authorise(actor, "list_invitations");
  const { rows, next, previous } = await listInvitations(db, {
    ...query,
    limit: PAGE_SIZE_DEFAULT,
  });
  return { invitations: rows.map(invitationView), next, previous };
}

/**
 * Invites an address to make an account, by e-mail. An invitation of the address that has not ended
 * is renewed. The answer is the same if the address has an account: its owner is told.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `too_many_requests`
 */
export async function inviteUser(
  services: Services,
  actor: Actor,
  { email, role = "user" }: Values<typeof inviteForm>,
): Promise<InvitationView> {
  authorise(actor, "invite_user");
  const address = readableAddress(email);
  await requireAllowance(services, actor, address);
  const invitation = await inTransaction(services.db, async (tx) => {
    const invited = await upsertInvitation(tx, { email: address, role, ...renewedBy(actor) });
    await confirmSession(tx, actor, "invite_user");
    await auditInvitation(tx, actor, "invite_user", invited);
    await postInvitation(tx, actor, invited);
    return invited;
  });
  services.jobs.wake("letter");
  return invitationView(invitation);
}

/**
 * Sends an invitation again. Its earlier links are dead, and it is now the actor's.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `invitation_not_found`, `invitation_over`,
 * `too_many_requests`
 */
export async function resendInvitation(
  services: Services,
  actor: Actor,
  id: number,
): Promise<InvitationView> {
  authorise(actor, "resend_invitation");
  const { email } = requireChangeable(await findInvitationById(services.db, id));
  await requireAllowance(services, actor, email);
  const change: Change = async (tx, { revision }) => {
    const changes = { token_hash: null, revision: revision + 1, ...renewedBy(actor) };
    const renewed = await updateInvitation(tx, id, changes);
    await postInvitation(tx, actor, renewed);
    return renewed;
  };
  const invitation = await changeInvitation(services, actor, "resend_invitation", id, change);
  services.jobs.wake("letter");
  return invitationView(invitation);
}

/**
 * Makes a new link of an invitation, for an admin who brings it to the invited person some other
 * way. Earlier links are dead, and e-mails that wait are not sent.
 *
 * @returns the address of the page, with the token that only this answer has
 * @throws {DomainError} `not_signed_in`, `forbidden`, `invitation_not_found`, `invitation_over`
 */
export async function copyInvitation(
  services: Services,
  actor: Actor,
  id: number,
): Promise<{ readonly email: string; readonly link: string }> {
  const token = randomToken();
  const change: Change = (tx, { revision }) =>
    updateInvitation(tx, id, {
      token_hash: hashToken(token),
      revision: revision + 1,
      ...renewedBy(actor),
    });
  const { email } = await changeInvitation(services, actor, "copy_invitation", id, change);
  return { email, link: `${services.settings.appUrl}${PATH}?token=${token}` };
}

/**
 * Ends an invitation that nobody has accepted.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `invitation_not_found`, `invitation_over`
 */
export async function withdrawInvitation(
  services: Services,
  actor: Actor,
  id: number,
): Promise<InvitationView> {
  const change: Change = (tx) => updateInvitation(tx, id, { withdrawn_at: new Date() });
  const withdrawn = await changeInvitation(services, actor, "withdraw_invitation", id, change);
  return invitationView(withdrawn);
}

/** Deletes up to `limit` invitations whose end is long past. Returns how many. */
export function purgeInvitations({ db }: Services, limit: number): Promise<number> {
  return deleteEndedInvitations(db, INVITATIONS_KEPT_DAYS, limit);
}

/** Changes a locked invitation. */
type Change = (tx: Tx, invitation: Invitation) => Promise<Invitation>;

/** Changes an invitation that was neither accepted nor withdrawn. */
async function changeInvitation(
  { db }: Services,
  actor: Actor,
  action: AuditAction & PermittedAction,
  id: number,
  change: Change,
): Promise<Invitation> {
  authorise(actor, action);
  return await inTransaction(db, async (tx) => {
    const invitation = await lockInvitationById(tx, id);
    await confirmSession(tx, actor, action);
    const changed = await change(tx, requireChangeable(invitation));
    await auditInvitation(tx, actor, action, changed);
    return changed;
  });
}

function requireChangeable(invitation: Invitation | undefined): Invitation {
  if (!invitation) throw new DomainError("invitation_not_found");
  if (invitation.accepted_at || invitation.withdrawn_at) throw new DomainError("invitation_over");
  return invitation;
}

/** Its link is based on the right of the admin who asked for it last. */
function renewedBy(
  actor: Actor,
): Pick<NewInvitation, "invited_by" | "invited_by_name" | "expires_at"> {
  const isUser = isOfUser(actor);
  return {
    invited_by: isUser ? actor.userId : null,
    invited_by_name: isUser ? actor.username : OPERATOR,
    expires_at: minutesFromNow(LINK_MINUTES),
  };
}

/** Checks that an admin may send one more invitation, and that its recipient may get one. */
async function requireAllowance(services: Services, actor: Actor, email: string): Promise<void> {
  if (isOfUser(actor)) await services.limits.invitations.take(String(actor.userId));
  await requireLetterAllowance(services, { about: "invited", to: email });
}

async function postInvitation(tx: Tx, actor: Actor, invitation: Invitation): Promise<void> {
  const { id, revision, email } = invitation;
  await postLetters(tx, actor, [{ about: "invited", to: email, invitation: { id, revision } }]);
}

async function auditInvitation(
  tx: Tx,
  actor: Actor,
  action: AuditAction,
  { id, email, role }: Invitation,
): Promise<void> {
  await audit(tx, actor, action, { id: null, username: email }, { invitation: id, role });
}
