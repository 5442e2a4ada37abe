import { inTransaction } from "@/lib/db/transaction.ts";
import { readableAddress } from "@/lib/readable_address.ts";
import { lockAdmins } from "@/lib/repo/users.ts";
import type { Role } from "@/lib/shared/users.ts";
import { checkNewAccount } from "@/lib/domain/accounts/new_account.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import type { Outcome } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertAccount, refuseTaken } from "./new_user.ts";

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
  const checked = await checkNewAccount(services, actor, { ok: true, value });
  if (!checked.ok) return checked;
  const password_hash = await services.passwords.hash(input.password);
  try {
    const user = await inTransaction(services.db, async (tx) => {
      // A simultaneous setup in the browser must see this admin.
      if (role === "admin") await lockAdmins(tx);
      return await insertAccount(tx, actor, "create_user", {
        username,
        email: readableAddress(email),
        role,
        password_hash,
        email_verified_at: new Date(),
      });
    });
    await services.jobs.runOf(user.id);
    return { ok: true, value: { user_id: user.id } };
  } catch (error) {
    return refuseTaken(error);
  }
}
