import { inTransaction } from "@/lib/db/transaction.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertAuditEvents } from "@/lib/repo/audit_events.ts";
import { insertUserProfiles } from "@/lib/repo/user_profiles.ts";
import { insertUsers, type NewUser } from "@/lib/repo/users.ts";

/** Who takes the pictures: an admin with all fields filled in. */
export const SAMPLE_ADMIN = {
  username: "ada.sample",
  full_name: "Ada Sample",
  password: "seven purple dragons",
};

const BIO = "Sample data: nobody of this name is meant.";
const PEOPLE = 46;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const FIRST_NAMES =
  "Amal Bo Chidi Dana Emre Freya Goran Hana Ivo Juno Kofi Lena Mirek Noor Olu Petra Rafi Signe Tariq Uma Vera Wen Yara Zoltan";
const LAST_NAMES =
  "Ashdown Bergqvist Castellan Dovrak Eastwick Fennimore Grünwald Hallorsen Ilmari Jorvik";

/**
 * Fills an empty database with invented people, who say so, and with what they did during the last
 * month. The same every time but for the date.
 */
export async function insertSampleData({ db, passwords }: Services): Promise<void> {
  const password_hash = await passwords.hash(SAMPLE_ADMIN.password);
  const people = [admin(), ...Array.from({ length: PEOPLE }, (_, index) => person(index))];
  await inTransaction(db, async (tx) => {
    const ids = await insertUsers(
      tx,
      people.map(({ account }) => ({ ...account, password_hash })),
    );
    const profiles = people.map(({ account, profile }, index) => ({
      user_id: ids[index]!,
      email: account.email,
      bio: BIO,
      image: null,
      ...profile,
    }));
    await insertUserProfiles(tx, profiles);
    await insertAuditEvents(tx, history(people.map(({ account }) => account)));
  });
}

/** What an account has of its own; all share one password. */
type SampleAccount = Omit<NewUser, "password_hash">;

interface SamplePerson {
  readonly account: SampleAccount;
  readonly profile: { readonly full_name: string };
}

function admin(): SamplePerson {
  return {
    account: {
      username: SAMPLE_ADMIN.username,
      email: `${SAMPLE_ADMIN.username}@example.org`,
      role: "admin",
      email_verified_at: ago(400 * DAY_MS),
      created_at: ago(400 * DAY_MS),
    },
    profile: {
      full_name: SAMPLE_ADMIN.full_name,
      ...{
        address: "1 Example Street\nSampleton",
        zipcode: "00000",
        phone: "+1 555 0100",
        website: "https://example.org/ada",
      },
    },
  };
}

function person(index: number): SamplePerson {
  const first = pick(FIRST_NAMES, index * 7);
  const last = pick(LAST_NAMES, index * 3 + Math.floor(index / 10));
  const username = `${first}.${last}`.toLowerCase().replace("ü", "ue");
  const created_at = ago(joinedDaysAgo(index) * DAY_MS + (index * 37 % 600) * MINUTE_MS);
  return {
    account: {
      username,
      email: `${username}@example.org`,
      role: index % 15 === 4 ? "admin" : "user",
      email_verified_at: index % 6 === 0 ? null : created_at,
      created_at,
      last_login_at: index % 9 === 7 ? null : ago((index * 131 % 2_000 + 5) * MINUTE_MS),
      ...troubleOf(index),
    },
    profile: { full_name: `${first} ${last}` },
  };
}

/** More of them lately than long ago. */
function joinedDaysAgo(index: number): number {
  return index < 38 ? index * index * 11 % 29 : 30 + index * 53 % 300;
}

/** What has befallen an account, if anything. */
function troubleOf(index: number): Partial<SampleAccount> {
  if (index % 11 === 3) return { status: "suspended", status_reason: "Sent advertisements" };
  if (index % 13 === 6) {
    return { failed_logins: 6, locked_until: new Date(Date.now() + 45 * MINUTE_MS) };
  }
  return {};
}

/** What the audit trail has of them, oldest first. */
function history(accounts: readonly SampleAccount[]) {
  const signUps = accounts.map(({ username, created_at }) =>
    event("register", username, created_at ?? new Date())
  );
  const failures = Array.from({ length: 70 }, (_, index) => {
    const { username } = accounts[1 + index * 17 % PEOPLE]!;
    const daysAgo = index % 4 === 0 ? 11 : index * index * 5 % 30;
    return event("sign_in_failed", username, ago(daysAgo * DAY_MS + index * 11 * MINUTE_MS));
  });
  const signIns = accounts.filter(({ last_login_at }) => last_login_at)
    .map(({ username, last_login_at }) => event("sign_in", username, last_login_at ?? new Date()));
  const byAdmin = accounts.filter(({ status }) => status === "suspended")
    .map(({ username }, index) => ({
      ...event("suspend_user", username, ago((index * 35 + 20) * MINUTE_MS)),
      actor_name: SAMPLE_ADMIN.username,
    }));
  return [...signUps, ...failures, ...signIns, ...byAdmin]
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

function event(action: string, target_name: string, at: Date) {
  const actor_name = action === "sign_in" ? target_name : "anonymous";
  return { action, target_name, at, actor_name, ip: "192.0.2.1", details: "{}" };
}

function ago(ms: number): Date {
  return new Date(Date.now() - ms);
}

function pick(words: string, index: number): string {
  const list = words.split(" ");
  return list[index % list.length]!;
}
