import pg from "pg";
import type { UserActor } from "@/lib/domain/actor.ts";
import { listUserPage } from "@/lib/domain/users/read_users.ts";
import { userListPath, type UserListQuery } from "@/lib/shared/user_list.ts";
import { ratioOf } from "./kit/compare.ts";
import {
  type BenchRoster,
  cookieOf,
  listActiveUsers,
  serveRoster,
  timesPerCpuSecond,
  withDatabase,
} from "./kit/roster.ts";
import { requestsPerCpuSecond } from "./kit/server.ts";
import { sendStatements, statementsOf } from "./kit/statements.ts";
import type { Suite } from "./kit/suite.ts";

/** Connections of the application's own pool. */
const POOL_SIZE = 10;
const USERS = 10_000;
const PRESSURE = { connections: 4, durationMs: 1_500 };

/** Pages of 25 before the middle of the list in its default order. */
const PAGES_TO_THE_MIDDLE = USERS / 25 / 2;

const FORMS = [
  { form: "HTML", accept: "text/html" },
  { form: "JSON", accept: "application/json" },
] as const;

/** The list as an admin pages through it and searches it. */
export const userList: Suite = {
  summary: "GET /user_list with 10,000 users, against the bare SQL of that page",
  async run(tell) {
    await using roster = await serveRoster({ users: USERS });
    await using stack = new AsyncDisposableStack();
    const pool = new pg.Pool({ connectionString: roster.databaseUrl, max: POOL_SIZE });
    stack.defer(() => pool.end());
    const admin = await makeAdmin(roster);
    const cookie = await cookieOf(roster.services, admin.userId);
    for (const [name, query] of Object.entries(await pagesOf(roster, admin))) {
      const statements = await statementsOf(
        pool,
        (db) => listUserPage({ ...roster.services, db }, admin, query),
      );
      const path = userListPath(query);
      for (const { form, accept } of FORMS) {
        const request = { path, headers: { accept, cookie } };
        const value = await ratioOf(
          () => requestsPerCpuSecond(withDatabase(roster), [request], PRESSURE),
          () => timesPerCpuSecond(roster, () => sendStatements(pool, statements), PRESSURE),
        );
        const of = "its SQL through pg alone, pages/s, database included";
        tell({ name: `user_list: ${name}, ${form}`, value, unit: "ratio", of });
      }
    }
  },
};

async function makeAdmin({ services: { db } }: BenchRoster): Promise<UserActor> {
  const [user] = await listActiveUsers(db, 1);
  const { id, username } = user!;
  await db.updateTable("users").set({ role: "admin" }).where("id", "=", id).execute();
  const source = { requestId: "bench", ip: "127.0.0.1", userAgent: "bench" };
  return { kind: "user", source, userId: id, username, role: "admin", sessionId: 0 };
}

/** The measured queries by name. */
async function pagesOf(
  { services }: BenchRoster,
  admin: UserActor,
): Promise<Record<string, UserListQuery>> {
  let middle: UserListQuery = {};
  for (let page = 0; page < PAGES_TO_THE_MIDDLE; page++) {
    const { next } = await listUserPage(services, admin, middle);
    middle = { after: next ?? "" };
  }
  return {
    "first page": {},
    "middle page": middle,
    "search": { q: "ronja.spec" },
  };
}
