import type { Db, Tx } from "@/lib/db/database.ts";
import { violatedConstraint } from "@/lib/db/errors.ts";
import { lookOf } from "@/lib/look_alikes.ts";
import { findHeldField, insertHeldUsername } from "@/lib/repo/held_usernames.ts";
import { insertJobIfUserExists, insertJobs } from "@/lib/repo/jobs.ts";
import { findTakenKeys } from "@/lib/repo/taken_keys.ts";
import {
  insertUser,
  insertUserUnlessAddressIsTaken,
  type NewUser,
  NOBODY,
  type User,
} from "@/lib/repo/users.ts";
import { emailKey, foldKey } from "@/lib/shared/fold.ts";
import type { AuditAction } from "@/lib/shared/actions.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import type { Refusal } from "@/lib/domain/errors.ts";

/**
 * Inserts a user, the job for the post-commit hooks, and the audit entry.
 *
 * @throws a unique violation, for {@linkcode refuseTaken}, if the name or address is taken.
 */
export async function insertAccount(
  tx: Tx,
  actor: Actor,
  action: AuditAction,
  account: NewUser,
  details: Record<string, unknown> = {},
): Promise<User> {
  const user = await insertUser(tx, account);
  await insertJobs(tx, [{ kind: "user_created", user_id: user.id }]);
  await audit(tx, actor, action, user, { role: user.role, ...details });
  return user;
}

/**
 * Like {@linkcode insertAccount}, but inserts nothing if the address is taken. The statements are
 * the same. The name is held in both cases, so that a second registration does not tell them apart.
 *
 * @throws a unique violation, for {@linkcode refuseTaken}, if the name is taken, whether or not the
 * address is.
 */
export async function insertAccountUnlessAddressIsTaken(
  tx: Tx,
  actor: Actor,
  account: NewUser,
): Promise<User | undefined> {
  // Insert the name first: if both are taken, the database would only report the address.
  const taken = await findTakenKeys(tx, [account.username], []);
  if (taken.usernames.has(foldKey(account.username))) throw new TakenError("username");
  if (taken.looks.has(lookOf(account.username))) throw new TakenError("look");
  const user = await insertUserUnlessAddressIsTaken(tx, account);
  await insertHeldUsername(tx, account.username, user?.id ?? null);
  await insertJobIfUserExists(tx, "user_created", user?.id ?? NOBODY);
  const target = user ?? { id: null, username: account.email };
  await audit(tx, actor, user ? "register" : "register_again", target, { role: "user" });
  return user;
}

/** Reports a taken name before the database does. */
class TakenError extends Error {
  override readonly name = "TakenError";

  constructor(readonly field: "username" | "look") {
    super(`The ${field} is taken`);
  }
}

/** Returns which field is taken, if `error` says so. */
export function takenField(error: unknown): keyof typeof TAKEN | undefined {
  if (error instanceof TakenError) return error.field;
  const name = violatedConstraint(error) ?? "";
  return Object.hasOwn(FIELD_BY_INDEX, name) ? FIELD_BY_INDEX[name] : undefined;
}

const FIELD_BY_INDEX: Readonly<Record<string, keyof typeof TAKEN>> = {
  users_username_key: "username",
  users_username_look: "look",
  users_email_key: "email",
  held_usernames_username_key: "username",
  held_usernames_look: "look",
};

const TAKEN = {
  username: { username: "Somebody has this username already" },
  look: { username: "Somebody has a username that looks like this one: choose another one" },
  email: { email: "Somebody has an account with this address already" },
};

/**
 * Turns a unique violation of a name or address into an error of its field.
 *
 * @throws `error` itself if it is anything else.
 */
export function refuseTaken(error: unknown): Refusal {
  const field = takenField(error);
  if (field === undefined) throw error;
  return { ok: false, errors: TAKEN[field], conflict: true };
}

/**
 * Checks whether a name and address are taken before anything is written, so that it can be
 * reported with other errors. The database decides in the end, see {@linkcode refuseTaken}.
 */
export async function takenErrors(
  db: Db,
  username: string | undefined,
  email: string | undefined,
): Promise<Record<string, string>> {
  const names = username === undefined ? [] : [username];
  const addresses = email === undefined ? [] : [email];
  const taken = await findTakenKeys(db, names, addresses);
  const held = username === undefined ? undefined : await findHeldField(db, username);
  return {
    ...(held && TAKEN[held]),
    ...(names.some((name) => taken.looks.has(lookOf(name))) && TAKEN.look),
    ...(names.some((name) => taken.usernames.has(foldKey(name))) && TAKEN.username),
    ...(addresses.some((address) => taken.emails.has(emailKey(address))) && TAKEN.email),
  };
}
