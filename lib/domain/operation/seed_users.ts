import { inTransaction } from "@/lib/db/transaction.ts";
import { findLastSampleNumber } from "@/lib/repo/sample_users.ts";
import { refreshUserStatistics } from "@/lib/repo/server.ts";
import type { NewUserProfile } from "@/lib/repo/user_profiles.ts";
import { insertUsers, type NewUser } from "@/lib/repo/users.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { type SampleUser, sampleUser } from "./sample_users.ts";
import type { Services } from "@/lib/domain/services.ts";

/** Options for made-up users. */
export interface SeedOptions {
  readonly count: number;
  /** The same seed makes up the same users. */
  readonly seed: number;
  /** Called with the number of users stored since the last call. */
  readonly onProgress?: (count: number) => void;
}

/** Password of all made-up users. */
export const SAMPLE_PASSWORD = "sample people only";

/** Users per transaction. A server on the same database gets its turn in between. */
const USERS_PER_TRANSACTION = 2_000;

/**
 * Adds made-up users with profiles after existing ones. The application's hooks do not run for
 * them.
 *
 * @returns the first and the last username
 */
export async function seedUsers(
  services: Services,
  actor: TaskActor,
  { count, seed, onProgress = () => {} }: SeedOptions,
): Promise<{ first: string; last: string }> {
  const { db } = services;
  // One hash for all: a hash for each of a million users would take a day.
  const password_hash = await services.passwords.hash(SAMPLE_PASSWORD, actor.kind);
  const start = await findLastSampleNumber(db) + 1;
  const now = new Date();
  for (let done = 0; done < count; done += USERS_PER_TRANSACTION) {
    const length = Math.min(USERS_PER_TRANSACTION, count - done);
    const people = Array.from({ length }, (_, i) => sampleUser(seed, start + done + i, now));
    await inTransaction(db, async (tx) => {
      const accounts = people.map((person) => accountOf(person, password_hash));
      await insertUsers(tx, accounts, people.map(profileOf));
    });
    onProgress(length);
  }
  await refreshUserStatistics(db);
  await audit(db, actor, "seed_users", undefined, { count, seed });
  const name = (number: number) => sampleUser(seed, number, now).username;
  return { first: name(start), last: name(start + count - 1) };
}

function accountOf(person: SampleUser, password_hash: string): NewUser {
  const { username, email, status, status_reason, created_at, last_login_at } = person;
  return {
    username,
    email,
    password_hash,
    status,
    status_reason,
    email_verified_at: created_at,
    last_login_at,
    created_at,
    updated_at: created_at,
  };
}

function profileOf({ email, full_name, bio, address, phone }: SampleUser) {
  return { email, full_name, bio, address, phone } satisfies Partial<NewUserProfile>;
}
