import { inTransaction } from "@/lib/db/transaction.ts";
import type { AnonymousActor, TaskActor } from "@/lib/domain/actor.ts";
import { insertAccount } from "@/lib/domain/users/new_user.ts";
import { insertNewSession } from "@/lib/domain/accounts/new_session.ts";
import { findUserById, type NewUser, type User } from "@/lib/repo/users.ts";
import { findUserProfileByUserId } from "@/lib/repo/user_profiles.ts";
import { sessionCookie } from "@/lib/web/cookies.ts";
import type { TestApp } from "./app.ts";
import { createCheapPasswordHasher } from "./cheap_passwords.ts";
import type { TestClient } from "./client.ts";

/** The password of every person. */
export const PASSWORD = "seven purple dragons";

/** Somebody with an account and a profile. */
export interface Person {
  readonly user_id: number;
  readonly username: string;
  readonly email: string;
}

/** Special values of a person. */
export type PersonOptions = Partial<Omit<NewUser, "username" | "password_hash">>;

const TASK: TaskActor = { kind: "task", name: "test" };
const VISITOR: AnonymousActor = {
  kind: "anonymous",
  source: { requestId: "test", ip: "127.0.0.1", userAgent: navigator.userAgent },
};

/** Hashing for every person would take most of a test's time. */
let passwordHash: Promise<string> | undefined;

/** Creates an account with profile directly in the database. */
export async function addPerson(
  { services }: TestApp,
  username: string,
  options: PersonOptions = {},
): Promise<Person> {
  const email = options.email ?? `${username}@example.org`;
  passwordHash ??= createCheapPasswordHasher().hash(PASSWORD, "test");
  const password_hash = await passwordHash;
  const user = await inTransaction(
    services.db,
    (tx) => insertAccount(tx, TASK, "create_user", { ...options, username, email, password_hash }),
  );
  await services.jobs.runOf(user.id);
  return { user_id: user.id, username, email };
}

/** Creates an admin. */
export function addAdmin(app: TestApp, username = "admin"): Promise<Person> {
  return addPerson(app, username, { role: "admin" });
}

/** Returns a browser in which a person has signed in. */
export async function signedIn(app: TestApp, { user_id }: Person): Promise<TestClient> {
  const { services } = app;
  const client = app.client();
  const token = await insertNewSession(services.db, VISITOR, user_id);
  client.keep(sessionCookie({ services, stays: false }, token));
  return client;
}

/** Sends the form of /login. */
export function logIn(client: TestClient, username: string, password = PASSWORD) {
  return client.sendJson("POST", "/login", { username, password });
}

/** Reads an account from the database. @throws {Error} if it does not exist. */
export async function accountOf({ services }: TestApp, { user_id }: Person): Promise<User> {
  const user = await findUserById(services.db, user_id);
  if (!user) throw new Error(`User ${user_id} is gone`);
  return user;
}

/** Reads account and profile from the database, to check that nothing has changed. */
export async function everythingOf(app: TestApp, { user_id }: Person) {
  const { db } = app.services;
  return [await findUserById(db, user_id), await findUserProfileByUserId(db, user_id)] as const;
}
