import sharp from "sharp";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { Tx } from "@/lib/db/database.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { editUser } from "@/lib/domain/users/edit_user.ts";
import { createUser } from "@/lib/domain/users/create_user.ts";
import { seedUsers } from "@/lib/domain/operation/seed_users.ts";
import type { Services } from "@/lib/domain/services.ts";
import { listUserPage } from "@/lib/domain/users/read_users.ts";
import { insertSession } from "@/lib/repo/sessions.ts";
import { updateUser } from "@/lib/repo/users.ts";
import type { UserListItem } from "@/lib/shared/views.ts";

/** The account that takes the pictures. */
export const SAMPLE_ADMIN = { username: "ada.sample", password: "seven purple dragons" };

const TASK: TaskActor = { kind: "task", name: "screenshots" };
const USERS = 1_200;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const DAYS = 30;

/** Fills an empty database with made-up users, marked as such, and recent events. */
export async function insertSampleData(services: Services): Promise<void> {
  await seedUsers(services, TASK, { count: USERS, seed: 1 });
  const admin = await insertAdmin(services);
  const { users } = await listUserPage(services, TASK, { q: "", sort: "-created_at" });
  for (const { user_id } of users.slice(-3)) await deleteUser(services, TASK, user_id);
  await inTransaction(services.db, async (tx) => {
    const locked_until = new Date(Date.now() + 45 * MINUTE_MS);
    for (const { user_id } of [users[3]!, users[8]!]) {
      await updateUser(tx, user_id, { failed_logins: 6, locked_until });
    }
    await tx.insertInto("audit_events").values(history(users)).execute();
    await insertSessions(tx, admin);
  });
}

/** Creates an admin with a picture and all fields. */
async function insertAdmin(services: Services): Promise<number> {
  const created = await createUser(services, TASK, {
    ...SAMPLE_ADMIN,
    email: `${SAMPLE_ADMIN.username}@example.org`,
    role: "admin",
  });
  if (!created.ok) throw new Error(Object.values(created.errors).join("; "));
  const { user_id } = created.value;
  await editUser(services, TASK, {
    target: {
      user_id,
      version: undefined,
      current_password: undefined,
      before: undefined,
      remove_image: undefined,
    },
    account: {},
    profile: {
      full_name: "Ada Sample",
      bio: "Sample data: made up for these pictures.",
      address: "1 Example Street\nSampleton",
      zipcode: "00000",
      phone: "+1 555 0100",
      website: "https://example.org/ada",
    },
    upload: { data: await drawPortrait(), crop: undefined },
  });
  return user_id;
}

/** Signs a user in on a phone and at work. */
async function insertSessions(tx: Tx, user_id: number): Promise<void> {
  const browsers = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 " +
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
  ];
  for (const [index, user_agent] of browsers.entries()) {
    const at = new Date(Date.now() - (index + 1) * 50 * MINUTE_MS);
    await insertSession(tx, {
      user_id,
      token_hash: `sample ${index}`,
      ip: ["2001:db8::7", "192.0.2.40"][index]!,
      user_agent,
      created_at: new Date(at.getTime() - DAY_MS),
      last_seen_at: at,
    });
  }
}

/** Draws an abstract portrait. */
function drawPortrait(): Promise<Uint8Array> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512">
    <rect width="512" height="512" fill="#bfe3dc"/>
    <circle cx="256" cy="560" r="230" fill="#0f6e66"/>
    <circle cx="256" cy="215" r="105" fill="#f0b23e"/>
  </svg>`;
  return sharp(new TextEncoder().encode(svg)).png().toBuffer();
}

/** Makes audit entries for the last days, oldest first. */
function history(users: readonly UserListItem[]) {
  const nameOf = (index: number) => users[index % users.length]!.username;
  const failures = Array.from({ length: DAYS }, (_, day) => failuresOf(day)).flatMap((count, day) =>
    Array.from({ length: count }, (_, index) => ({
      action: "sign_in_failed",
      at: new Date(Date.now() - day * DAY_MS - index * MINUTE_MS),
      target_name: nameOf(day + index),
    }))
  ).toReversed();
  const byAdmin = ["edit_user", "sign_in_failed", "suspend_user", "sign_in", "sign_in"];
  const today = byAdmin.map((action, index) => ({
    action,
    at: new Date(Date.now() - (byAdmin.length - index) * 7 * MINUTE_MS),
    target_name: nameOf(index + 1),
  }));
  return [...failures, ...today].map((event) => ({
    ...event,
    actor_name: event.action.endsWith("_user") ? SAMPLE_ADMIN.username : "anonymous",
    details: "{}",
  }));
}

/** A few per day, and many on one day. */
function failuresOf(daysAgo: number): number {
  return daysAgo === 9 ? 26 : daysAgo * daysAgo * 7 % 9;
}
