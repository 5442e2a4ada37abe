import { inTransaction } from "@/lib/db/transaction.ts";
import { deleteSessionById } from "@/lib/repo/sessions.ts";
import { anyAdmin, lockAdmins } from "@/lib/repo/admins.ts";
import type { Parsed } from "@/lib/shared/form.ts";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { DomainError, type Outcome } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertAccount } from "@/lib/domain/users/new_user.ts";
import { makeAccount, type RegisterInput } from "./new_account.ts";
import { insertKnownSession, type NewSession } from "./new_session.ts";

/**
 * Checks that there is no admin yet.
 *
 * @throws {DomainError} `setup_over`
 */
export async function requireNoAdmin({ firstAdmin }: Services): Promise<void> {
  if (!await firstAdmin.isAwaited()) throw new DomainError("setup_over");
}

/**
 * Checks the token of the printed link.
 *
 * @throws {DomainError} `setup_token_wrong`, `too_many_requests`
 */
export async function requireSetupToken(
  { firstAdmin, limits }: Services,
  actor: AnonymousActor | UserActor,
  token: string,
): Promise<void> {
  const client = clientOfActor(actor);
  await limits.setupTokens.take(client);
  if (!firstAdmin.isToken(token)) throw new DomainError("setup_token_wrong");
  await limits.setupTokens.giveBack(client);
}

/**
 * Creates the first admin and signs them in. Their address counts as verified.
 *
 * @throws {DomainError} `admin_exists` for the second of two simultaneous requests.
 */
export async function registerFirstAdmin(
  services: Services,
  actor: AnonymousActor | UserActor,
  form: Parsed<RegisterInput>,
): Promise<Outcome<{ readonly user_id: number; readonly session: NewSession }>> {
  return await makeAccount(services, actor, form, async (account) => {
    const admin = { ...account, role: "admin", email_verified_at: new Date() } as const;
    const made = await inTransaction(services.db, async (tx) => {
      await lockAdmins(tx);
      if (await anyAdmin(tx)) throw new DomainError("admin_exists");
      const user = await insertAccount(tx, actor, "set_up", admin);
      if (actor.kind === "user") await deleteSessionById(tx, actor.sessionId);
      return { user_id: user.id, session: await insertKnownSession(tx, actor, user.id) };
    });
    await services.jobs.runOf(made.user_id);
    return made;
  });
}
