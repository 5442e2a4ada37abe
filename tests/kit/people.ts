import { createPasswordHasher } from "@/lib/crypto/password_hasher.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { AnonymousActor, TaskActor } from "@/lib/domain/actor.ts";
import { insertAccount } from "@/lib/domain/users/new_user.ts";
import { insertNewSession } from "@/lib/domain/accounts/new_session.ts";
import { findUserById, type NewUser, type User } from "@/lib/repo/users.ts";
import { findUserProfileByUserId } from "@/lib/repo/user_profiles.ts";
import { sessionCookie } from "@/lib/web/cookies.ts";
import type { TestApp } from "./app.ts";
import type { TestClient } from "./client.ts";

/** What every person signs in with. */
export const PASSWORD = "seven purple dragons";

/** Somebody with an account and a profile. */
export interface Person {
  readonly user_id: number;
  readonly username: string;
  readonly email: string;
}

/** What a person may have of their own. */
export type PersonOptions = Partial<Omit<NewUser, "username" | "password_hash">>;

const TASK: TaskActor = { kind: "task", name: "test" };
const VISITOR: AnonymousActor = {
  kind: "anonymous",
  source: { requestId: "test", ip: "127.0.0.1", userAgent: "test" },
};

/** Hashing anew for every person would be most of what a test waits for. */
let passwordHash: Promise<string> | undefined;

/** Makes an account, and its profile, without asking the application for it. */
export async function addPerson(
  { services }: TestApp,
  username: string,
  options: PersonOptions = {},
): Promise<Person> {
  const email = options.email ?? `${username}@example.org`;
  passwordHash ??= createPasswordHasher().hash(PASSWORD);
  const password_hash = await passwordHash;
  const user = await inTransaction(
    services.db,
    (tx) => insertAccount(tx, TASK, "create_user", { ...options, username, email, password_hash }),
  );
  await services.jobs.runOf(user.id);
  return { user_id: user.id, username, email };
}

/** Makes an admin. */
export function addAdmin(app: TestApp, username = "admin"): Promise<Person> {
  return addPerson(app, username, { role: "admin" });
}

/** A browser in which somebody has signed in. */
export async function signedIn(app: TestApp, { user_id }: Person): Promise<TestClient> {
  const { db, settings } = app.services;
  const client = app.client();
  client.keep(sessionCookie(settings, await insertNewSession(db, VISITOR, user_id)));
  return client;
}

/** Fills in the form of /login. */
export function logIn(client: TestClient, username: string, password = PASSWORD) {
  return client.sendJson("POST", "/login", { username, password });
}

/** The account as the database has it. @throws {Error} if it is gone. */
export async function accountOf({ services }: TestApp, { user_id }: Person): Promise<User> {
  const user = await findUserById(services.db, user_id);
  if (!user) throw new Error(`User ${user_id} is gone`);
  return user;
}

/** Account and profile as the database has them, to see that nothing has changed. */
export async function everythingOf(app: TestApp, { user_id }: Person) {
  const { db } = app.services;
  return [await findUserById(db, user_id), await findUserProfileByUserId(db, user_id)] as const;
}
