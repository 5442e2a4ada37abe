import { inTransaction } from "@/lib/db/transaction.ts";
import { lockAdmins } from "@/lib/repo/admins.ts";
import type { Role } from "@/lib/shared/users.ts";
import { makeAccount } from "@/lib/domain/accounts/new_account.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import type { Outcome } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertAccount } from "./new_user.ts";

/** Input of {@linkcode createUser}. */
export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly role: Role;
}

/** Creates an account for an operator. Its address counts as verified. */
export async function createUser(
  services: Services,
  actor: TaskActor,
  input: NewAccount,
): Promise<Outcome<{ user_id: number }>> {
  const { username, email, password, role } = input;
  const value = { username, email, password, password2: password };
  return await makeAccount(services, actor, { ok: true, value }, async (account) => {
    const user = await inTransaction(services.db, async (tx) => {
      // A simultaneous setup in the browser must see this admin.
      if (role === "admin") await lockAdmins(tx);
      const email_verified_at = new Date();
      return await insertAccount(tx, actor, "create_user", { ...account, role, email_verified_at });
    });
    await services.jobs.runOf(user.id);
    return { user_id: user.id };
  });
}
