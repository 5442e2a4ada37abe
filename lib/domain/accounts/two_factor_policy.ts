import { relyingPartyOf } from "@/lib/crypto/passkeys.ts";
import type { Db } from "@/lib/db/database.ts";
import type { User } from "@/lib/repo/users.ts";
import { type Actor, isOfUser, sessionOwner } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { hasPasskey } from "./passkey_proof.ts";
import { hasSecondFactor } from "./second_factor.ts";

type Policy = Pick<Services, "settings" | "secrets">;

/** A second factor that a user has to set up. */
export interface DueFactor {
  /** From when nothing else is possible. */
  readonly from: Date;
  readonly isOver: boolean;
}

/** Whether the policy asks for a second factor of users with a role, before or after its date. */
export function policyCovers({ settings, secrets }: Policy, role: User["role"]): boolean {
  // Where nobody can set one up, the policy would lock everybody out. `doctor` tells of it.
  if (secrets === undefined && relyingPartyOf(settings) === undefined) return false;
  return settings.twoFactor === "all" || (settings.twoFactor === "admins" && role !== "user");
}

/** When the policy begins. */
export function policyStart({ settings }: Policy): DueFactor {
  const from = settings.twoFactorFrom ?? new Date(0);
  return { from, isOver: from.getTime() <= Date.now() };
}

/** Whether a user has a second factor: an authenticator, or a passkey that works here. */
export async function hasFactor(
  services: Pick<Services, "settings"> & { readonly db: Db },
  userId: number,
): Promise<boolean> {
  return await hasSecondFactor(services.db, userId) || await hasPasskey(services, userId);
}

/**
 * Finds out whether the policy asks the actor to set up a second factor. While an admin views as
 * somebody else, it is the admin's.
 */
export async function dueFactorOf(
  services: Services,
  actor: Actor,
): Promise<DueFactor | undefined> {
  if (!isOfUser(actor)) return undefined;
  const { role, userId } = actor.kind === "user" ? sessionOwner(actor) : actor;
  if (!policyCovers(services, role) || await hasFactor(services, userId)) return undefined;
  return policyStart(services);
}

/**
 * Makes sure that a user whose second factor was just removed still has one, if the policy asks for
 * it. Call it in the transaction of the change.
 *
 * @throws {DomainError} `two_factor_kept`
 */
export async function requireFactorLeft(
  services: Services,
  tx: Db,
  { id, role }: Pick<User, "id" | "role">,
): Promise<void> {
  if (!policyCovers(services, role) || !policyStart(services).isOver) return;
  if (!await hasFactor({ ...services, db: tx }, id)) throw new DomainError("two_factor_kept");
}
