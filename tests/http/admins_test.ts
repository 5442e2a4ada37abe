/** Admins who change each other's role, status and account at the same time. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, type Person, signedIn } from "@/tests/kit/people.ts";

const ADMINS = 12;
const ROUNDS = 4;

/** A change that may remove or create an active admin. */
type Change = (client: TestClient, user_id: number) => Promise<{ status: number }>;

const CHANGES: readonly Change[] = [
  (client, user_id) => client.sendJson("PUT", "/edit_user", { user_id, role: "user" }),
  (client, user_id) => client.sendJson("PUT", "/edit_user", { user_id, role: "admin" }),
  (client, user_id) => client.sendJson("PUT", "/update_status", { user_id, status: "suspended" }),
  (client, user_id) => client.sendJson("PUT", "/update_status", { user_id, status: "active" }),
  (client, user_id) => client.sendJson("DELETE", "/delete_user", { user_id }),
  (client, user_id) => client.sendJson("PUT", "/restore_user", { user_id }),
];

async function countActiveAdmins({ services: { db } }: TestApp): Promise<number> {
  const rows = await db.selectFrom("users").select("id")
    .where("role", "=", "admin").where("status", "=", "active").execute();
  return rows.length;
}

appTest("if admins remove each other at once, one stays and nothing breaks", async (app) => {
  for (let round = 0; round < ROUNDS; round++) {
    const admins: Person[] = [];
    for (let index = 0; index < ADMINS; index++) {
      admins.push(await addAdmin(app, `admin${round}.${index}`));
    }
    const clients = await Promise.all(admins.map((admin) => signedIn(app, admin)));
    const answers = await Promise.all(
      clients.flatMap((client, index) =>
        CHANGES.map((change, step) =>
          change(client, admins[(index + 1 + step * 5) % ADMINS]!.user_id)
        )
      ),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    // A busy machine may ask to try again.
    statuses.delete(503);
    assert.ok([...statuses].every((status) => status < 500), [...statuses].join());
    assert.ok(await countActiveAdmins(app) > 0);
  }
}, { pooled: true });

const CROWD = 50;
const CROWD_ROUNDS = 20;

/** Starts a bulk action on all admins. */
function inBulk(fields: Record<string, string>): Change {
  return async (client) => {
    const prepared = await client.sendJson("POST", "/bulk_jobs", {
      ...fields,
      filter: "role=admin",
    });
    if (prepared.status !== 201) return prepared;
    const { job_id } = JSON.parse(prepared.text);
    return await client.sendJson("POST", "/bulk_job", { job_id });
  };
}

const CHANGES_OF_MANY: readonly Change[] = [
  CHANGES[0]!,
  CHANGES[2]!,
  inBulk({ action: "suspend_user" }),
  inBulk({ action: "edit_role", role: "user" }),
  (client, user_id) => client.sendJson("PUT", "/undo", { user_id }),
];

appTest("whatever 50 admins do at once, also in bulk and back, an admin stays", async (app) => {
  const { services: { db, jobs } } = app;
  const admins: Person[] = [];
  for (let index = 0; index < CROWD; index++) admins.push(await addAdmin(app, `admin${index}`));
  const clients = await Promise.all(admins.map((admin) => signedIn(app, admin)));
  await sql`create table kept_sessions as select * from sessions`.execute(db);
  const lastJob = async () =>
    (await db.selectFrom("bulk_jobs").select("id").where("action", "<>", "undo")
      .orderBy("id", "desc").limit(1).executeTakeFirst())?.id ?? 0;
  for (let round = 0; round < CROWD_ROUNDS; round++) {
    const undoBulk: Change = async (client) =>
      await client.sendJson("PUT", "/bulk_job", { job_id: await lastJob() });
    const changes = [...CHANGES_OF_MANY, undoBulk];
    const answers = await Promise.all(
      clients.map((client, index) =>
        changes[(index + round) % changes.length]!(client, admins[(index * 7 + 1) % CROWD]!.user_id)
      ),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    statuses.delete(503);
    assert.ok([...statuses].every((status) => status < 500), [...statuses].join());
    assert.ok(await countActiveAdmins(app) > 0);
    await jobs.drain("bulk");
    assert.ok(await countActiveAdmins(app) > 0);
    await sql`update users set role = 'admin', status = 'active'`.execute(db);
    await sql`insert into sessions overriding system value select * from kept_sessions
      on conflict do nothing`.execute(db);
  }
});

appTest("a repeated deadlock is answered 503 with Retry-After", async (app) => {
  const admin = await addAdmin(app);
  const client = await signedIn(app, admin);
  await sql`
    create function break_off() returns trigger language plpgsql as
    $$ begin raise deadlock_detected; end $$
  `.execute(app.services.db);
  await sql`create trigger deadlock before update on users execute function break_off()`
    .execute(app.services.db);
  const answer = await client.sendJson("PUT", "/edit_user", {
    user_id: admin.user_id,
    full_name: "Ada",
  });
  assert.equal(answer.status, 503, answer.text);
  assert.ok(Number(answer.headers.get("retry-after")) > 0);
}, { everyDatabase: true });
