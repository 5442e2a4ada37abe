import { hashToken } from "@/lib/crypto/token.ts";
import type { Db, Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  findInvitationByToken,
  type Invitation,
  lockInvitationByToken,
  updateInvitation,
} from "@/lib/repo/invitations.ts";
import { isLastingAdmin, lockAdmins } from "@/lib/repo/admins.ts";
import { findUserById, type NewUser, type User } from "@/lib/repo/users.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import type { Parsed, Values } from "@/lib/shared/form.ts";
import type { acceptInvitationForm } from "@/lib/shared/sign_in_forms.ts";
import type { OwnInvitationView } from "@/lib/shared/account_views.ts";
import type { AnonymousActor } from "@/lib/domain/actor.ts";
import { DomainError, type Outcome } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertAccount } from "@/lib/domain/users/new_user.ts";
import { stateOf } from "./invitation_state.ts";
import { postLetters } from "./letters.ts";
import { makeAccount, type RegisterInput } from "./new_account.ts";
import { type NewSession, openSession } from "./new_session.ts";

type AcceptInput = Values<typeof acceptInvitationForm>;

/** The account that came of an invitation. */
export interface Accepted {
  readonly user_id: number;
  readonly username: string;
  readonly role: User["role"];
  /** Absent if none was wanted. */
  readonly session?: NewSession;
}

/**
 * Returns the invitation of a link that can be accepted.
 *
 * @throws {DomainError} `invitation_unknown`, `invitation_used`, `invitation_ended`
 */
export async function viewInvitation(
  { db }: Services,
  token: string,
): Promise<OwnInvitationView> {
  const { email, invited_by_name } = await findUsable(db, token);
  return { email, invited_by: invited_by_name };
}

/**
 * Makes the account that somebody was invited to, with the name and password that they choose. Their
 * address counts as confirmed, because the link was sent to it.
 *
 * @param session whether to sign the new user in
 * @throws {DomainError} `invitation_unknown`, `invitation_used`, `invitation_ended`,
 * `invitation_for_other`, `too_many_requests`
 */
export async function acceptInvitation(
  services: Services,
  actor: AnonymousActor,
  { token, form, session }: {
    readonly token: string;
    readonly form: Parsed<AcceptInput>;
    readonly session: "begin" | "none";
  },
): Promise<Outcome<Accepted>> {
  const { db, limits } = services;
  const invitation = await findUsable(db, token);
  requireSameAddress(invitation, form.ok ? form.value.email : form.rest.email);
  await limits.registrations.take(clientOfActor(actor));
  const input = withAddress(form, invitation.email);
  const outcome = await makeAccount(services, actor, input, async (account) => {
    const user = await insertInvited(services, actor, token, account);
    const opened = session === "begin" ? await openSession(services, actor, user) : undefined;
    const { id: user_id, username, role } = user;
    return { user_id, username, role, ...(opened?.kind === "session" && { session: opened }) };
  });
  // Of two at the same time, the second learns that it was too late and not that its name is taken.
  if (!outcome.ok) await findUsable(db, token);
  return outcome;
}

async function insertInvited(
  { db, jobs }: Services,
  actor: AnonymousActor,
  token: string,
  account: NewUser,
): Promise<User> {
  const user = await inTransaction(db, async (tx) => {
    const found = await lockInvitationByToken(tx, hashToken(token));
    const { id, role, email, invited_by } = await requireUsable(tx, found);
    // A simultaneous setup in the browser must see this admin.
    if (role === "admin") await lockAdmins(tx);
    const now = new Date();
    const invited = { ...account, email, role, email_verified_at: now };
    const inserted = await insertAccount(tx, actor, "accept_invitation", invited);
    await updateInvitation(tx, id, { accepted_at: now, accepted_by: inserted.id });
    const inviter = invited_by === null ? undefined : await findUserById(tx, invited_by);
    if (inviter) {
      const to = inviter.email;
      const invitation = { id, revision: 0 };
      await postLetters(tx, actor, [
        { about: "invitation_accepted", to, userId: inviter.id, invitation },
      ]);
    }
    return inserted;
  });
  jobs.wake("letter");
  await jobs.runOf(user.id);
  return user;
}

/** @throws the errors of {@linkcode requireUsable} */
async function findUsable(db: Db, token: string): Promise<Invitation> {
  return await inTransaction(
    db,
    async (tx) => await requireUsable(tx, await findInvitationByToken(tx, hashToken(token))),
  );
}

/**
 * Checks that an invitation can be accepted. It ends with the right of its inviter, so that nobody
 * who has lost theirs lets others in.
 *
 * @throws {DomainError} `invitation_unknown`, `invitation_used`, `invitation_ended`
 */
async function requireUsable(tx: Tx, invitation: Invitation | undefined): Promise<Invitation> {
  if (!invitation) throw new DomainError("invitation_unknown");
  const { invited_by, invited_by_name: inviter } = invitation;
  if (invited_by !== null && !await isLastingAdmin(tx, invited_by)) {
    throw new DomainError("invitation_ended", { values: { inviter: "another admin" } });
  }
  const state = stateOf(invitation);
  if (state === "open") return invitation;
  const code = state === "accepted" ? "invitation_used" : "invitation_ended";
  throw new DomainError(code, { values: { inviter } });
}

function requireSameAddress({ email, invited_by_name }: Invitation, given: string | undefined) {
  if (given === undefined || emailKey(given) === emailKey(email)) return;
  throw new DomainError("invitation_for_other", { values: { inviter: invited_by_name } });
}

/** The same input with the invited address. */
function withAddress(form: Parsed<AcceptInput>, email: string): Parsed<RegisterInput> {
  if (form.ok) return { ok: true, value: { ...form.value, email } };
  return { ...form, rest: { ...form.rest, email } };
}
