/** Actions on many users at once. */
import assert from "node:assert/strict";
import { type RawBuilder, sql } from "kysely";
import { prepareBulk, startBulk } from "@/lib/domain/users/bulk_jobs.ts";
import { BULK_ACTIONS } from "@/lib/shared/bulk.ts";
import type { BulkAction } from "@/lib/shared/actions.ts";
import { appTest } from "@/tests/kit/app.ts";
import {
  addCrowd,
  ask,
  begin,
  BY_HAND,
  countEntries,
  countUsers,
  CROWD,
  doBatch,
  finish,
  leftOut,
  prepare,
  read,
} from "@/tests/kit/bulk.ts";
import { countQueries } from "@/tests/kit/counting.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

appTest(
  "before a bulk action starts, it says whom it is about, and who is left out and why",
  async (app) => {
    const boss = await addAdmin(app, "boss");
    const admin = await signedIn(app, boss);
    await addCrowd(app, 30);
    await sql`update users set status = 'suspended' where username = 'crowd7'`
      .execute(app.services.db);
    const job = await prepare(admin, { action: "suspend_user", reason: "Spam" });
    assert.deepEqual(
      [job.state, job.total, job.waiting, job.samples.length],
      ["preview", 31, 29, 10],
    );
    assert.deepEqual(leftOut(job), { already_so: 1, own_account: 1 });
    await app.services.jobs.drain("bulk");
    assert.equal(await countUsers(app, sql`status = 'suspended'`), 1);
    const { text } = await admin.get(`/bulk_job?job_id=${job.job_id}`);
    for (const words of [/Suspend 29 users/, /Spam/, /1 user: This is you/, /10 of them/]) {
      assert.match(text, words);
    }
    await addPerson(app, "crowd31");
    assert.equal((await read(admin, job.job_id)).waiting, 29, "nobody is added later");
  },
);

appTest(
  "a bulk action reaches each user once, with an entry that names it; the results say so",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "boss"));
    await addCrowd(app, 130);
    await addPerson(app, "someone");
    const job_id = await begin(admin, { ...CROWD, reason: "=Spam" });
    const job = await finish(app, admin, job_id);
    assert.deepEqual([job.state, job.done, job.waiting, job.failed], ["done", 130, 0, 0]);
    assert.equal(await countUsers(app, sql`status = 'suspended' and status_reason = '=Spam'`), 130);
    const { rows } = await sql<{ target_id: number; details: object }>`
      select target_id, details from audit_events where action = 'suspend_user'
    `.execute(app.services.db);
    assert.equal(new Set(rows.map(({ target_id }) => target_id)).size, 130);
    assert.equal(rows.length, 130);
    assert.ok(rows.every(({ details }) => "bulk_job" in details && details.bulk_job === job_id));
    assert.equal(await countUsers(app, sql`exists (select from sessions where user_id = u.id)`), 0);
    const lines = (await admin.get(`/bulk_results?job_id=${job_id}`)).text.trim().split("\r\n");
    assert.equal(lines[0], "user_id,username,email,state,reason");
    assert.match(lines[1]!, /^\d+,crowd1,crowd1@example\.org,done,$/);
    assert.equal(lines.length, 131);
  },
  BY_HAND,
);

const INPUTS: { readonly [A in BulkAction]?: Record<string, string> } = {
  suspend_user: { reason: "Spam", until: "2999-01-01T00:00Z" },
  edit_role: { role: "admin" },
  tag_user: { tag: "VIP" },
  untag_user: { tag: "vip" },
};

/** How each action leaves users. */
const OUTCOMES: { readonly [A in BulkAction]: RawBuilder<unknown> } = {
  suspend_user: sql`status = 'suspended' and suspended_until > now() and status_reason = 'Spam'`,
  activate_user: sql`status = 'active'`,
  unlock_user: sql`locked_until is null and failed_logins = 0`,
  confirm_email: sql`email_verified_at is not null`,
  send_confirmation: sql`true`,
  demand_password:
    sql`password_hash = '!' and not exists (select from sessions where user_id = u.id)`,
  send_password_reset: sql`true`,
  edit_role: sql`role = 'admin'`,
  delete_user: sql`false`,
  sign_out_user: sql`not exists (select from sessions where user_id = u.id)`,
  tag_user: sql`exists (select from user_tags where user_id = u.id and tag = 'vip')`,
  untag_user: sql`not exists (select from user_tags where user_id = u.id)`,
};

const SETTINGS: { readonly [A in BulkAction]?: RawBuilder<unknown> } = {
  activate_user: sql`update users set status = 'suspended' where username like 'crowd%'`,
  unlock_user:
    sql`update users set failed_logins = 9, locked_until = now() + interval '1 day' where username like 'crowd%'`,
  untag_user:
    sql`insert into user_tags (user_id, tag) select id, 'vip' from users where username like 'crowd%'`,
};

appTest("each action in bulk does what the single action does", async (app) => {
  const admin = await signedIn(app, await addAdmin(app, "boss"));
  for (const action of BULK_ACTIONS) {
    await sql`delete from users where username like 'crowd%'`.execute(app.services.db);
    await addCrowd(app, 2);
    await SETTINGS[action]?.execute(app.services.db);
    const fields = { action, filter: "q=crowd", ...INPUTS[action] };
    const job = await finish(app, admin, await begin(admin, fields));
    assert.deepEqual([job.state, job.done, job.failed], ["done", 2, 0], JSON.stringify(job));
    const left = action === "delete_user" ? 0 : 2;
    assert.equal(await countUsers(app, OUTCOMES[action]), left, action);
    assert.equal(await countUsers(app, sql`true`), left);
    assert.equal(await countEntries(app, action === "edit_role" ? "edit_user" : action), 2, action);
  }
}, BY_HAND);

appTest("a bulk action deletes no last admin", async (app) => {
  const { db } = app.services;
  const admins = [await addAdmin(app, "one"), await addAdmin(app, "two")];
  await addCrowd(app, 3);
  const actor = { kind: "task", name: "test" } as const;
  const job_id = await prepareBulk(app.services, actor, {
    action: "delete_user",
    input: {},
    query: {},
  });
  await startBulk(app.services, actor, job_id);
  await app.services.jobs.drain("bulk");
  const left = await db.selectFrom("users").select(["id", "role"]).execute();
  assert.deepEqual(left, [{ id: admins[1]!.user_id, role: "admin" }]);
  const items = await db.selectFrom("bulk_items").select("user_id")
    .where("reason", "=", "last_admin").execute();
  assert.deepEqual(items, [{ user_id: admins[1]!.user_id }]);
}, BY_HAND);

appTest(
  "a bulk action stops when its admin is demoted, suspended or deleted, and says so",
  async (app) => {
    const other = await signedIn(app, await addAdmin(app, "other"));
    await addCrowd(app, 200);
    const ends = [
      ["PUT", "/edit_user", { role: "user" }],
      ["PUT", "/update_status", { status: "suspended" }],
      ["DELETE", "/delete_user", {}],
    ] as const;
    for (const [index, [method, path, fields]] of ends.entries()) {
      const boss = await addAdmin(app, `boss${index}`);
      const tag = `tag${index}`;
      const fieldsOfJob = { action: "tag_user", filter: "q=crowd", tag };
      const job_id = await begin(await signedIn(app, boss), fieldsOfJob);
      await doBatch(app);
      await ask(other, [method, path], { user_id: boss.user_id, ...fields });
      await doBatch(app);
      const { state, done } = await read(other, job_id);
      assert.equal(state, "stopped", path);
      assert.ok(done > 0 && done <= 50);
      const { text } = await other.get(`/bulk_job?job_id=${job_id}`);
      assert.match(text, /no active admin any more/);
    }
  },
  BY_HAND,
);

appTest(
  "a set of users takes as many statements as two users, also to take it back",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "boss"));
    const { db, count } = countQueries(app.services.db);
    const counted = { ...app, services: { ...app.services, db } };
    const statementsOf = async (size: number, action: BulkAction) => {
      await sql`delete from users where username like 'crowd%'`.execute(app.services.db);
      await addCrowd(app, size);
      await SETTINGS[action]?.execute(app.services.db);
      const job_id = await begin(admin, { action, filter: "q=crowd", ...INPUTS[action] });
      const takes = async () => {
        const before = count();
        await doBatch(counted);
        return count() - before;
      };
      const done = await takes();
      await finish(app, admin, job_id);
      if (action !== "suspend_user" && action !== "delete_user") return [done];
      const undo = await ask(admin, ["PUT", "/bulk_job"], { job_id });
      const undone = await takes();
      assert.equal((await finish(app, admin, undo.job_id)).done, size);
      return [done, undone];
    };
    for (const action of BULK_ACTIONS) {
      assert.deepEqual(await statementsOf(40, action), await statementsOf(2, action), action);
    }
  },
  BY_HAND,
);

appTest("a user whose action fails does not keep the others of the set from it", async (app) => {
  const { db } = app.services;
  const admin = await signedIn(app, await addAdmin(app, "boss"));
  const ids = await addCrowd(app, 9);
  await sql`
    create function fail() returns trigger language plpgsql as
    $$ begin raise exception 'no' using errcode = 'XX000'; end $$
  `.execute(db);
  await sql`create trigger fail before update on users for each row
    when (new.username in ('crowd3', 'crowd9')) execute function fail()`.execute(db);
  const job = await finish(app, admin, await begin(admin, CROWD));
  assert.deepEqual([job.state, job.done, job.failed], ["done", 7, 2]);
  assert.equal(await countEntries(app, "suspend_user"), 7);
  const { rows } = await sql<{ user_id: number }>`
    select user_id from bulk_items where state = 'failed' order by user_id`.execute(db);
  assert.deepEqual(rows.map(({ user_id }) => user_id), [ids[2], ids[8]]);
  const { text } = await admin.get(`/bulk_results?job_id=${job.job_id}`);
  assert.match(text, /,crowd3,crowd3@example\.org,failed,/);
}, BY_HAND);

appTest(
  "the users of an outcome are a filter of the list, and the next bulk action",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "boss"));
    const [first] = await addCrowd(app, 5);
    await ask(admin, ["PUT", "/update_status"], { user_id: first, status: "suspended" });
    const job_id = await begin(admin, { action: "suspend_user", filter: "" });
    await finish(app, admin, job_id);
    const { text } = await admin.get(`/bulk_job?job_id=${job_id}`);
    assert.match(text, new RegExp(`href="/user_list\\?bulk=${job_id}-done">4 done</a>`));
    const namesOf = async (query: string) => {
      const { users } = JSON.parse((await admin.getJson(`/user_list?${query}`)).text);
      return users.map(({ username }: { username: string }) => username).join();
    };
    assert.equal(await namesOf(`bulk=${job_id}-left_out`), "boss,crowd1");
    assert.equal(await namesOf(`bulk=${job_id}-left_out&status=suspended`), "crowd1");
    assert.equal(await namesOf(`bulk=${job_id}-done&q=crowd2`), "crowd2");
    assert.equal((await namesOf(`bulk=${job_id}`)).split(",").length, 6);
    assert.match((await admin.get(`/user_list?bulk=${job_id}-done`)).text, /Bulk action \d+: done/);
    for (const wrong of ["x", `${job_id}-gone`, "1 or 1=1"]) {
      const path = `/user_list?${new URLSearchParams({ bulk: wrong })}`;
      assert.equal((await admin.getJson(path)).status, 422, wrong);
    }
    const next = { action: "tag_user", tag: "again", filter: `bulk=${job_id}-done` };
    assert.equal((await finish(app, admin, await begin(admin, next))).done, 4);
  },
  BY_HAND,
);

appTest("users who change before their turn are left out", async (app) => {
  const admin = await signedIn(app, await addAdmin(app, "boss"));
  const [first, second] = await addCrowd(app, 4);
  const job_id = await begin(admin, { ...CROWD, until: "2999-01-01" });
  await ask(admin, ["DELETE", "/delete_user"], { user_id: first });
  await ask(admin, ["PUT", "/update_status"], { user_id: second, status: "suspended" });
  const job = await finish(app, admin, job_id);
  assert.deepEqual(leftOut(job), { user_not_found: 1, already_so: 1 });
  assert.equal(job.done, 2);
  assert.equal(await countUsers(app, sql`suspended_until is not null`), 2, "the other has no end");
}, BY_HAND);

appTest("only the admin who chose the users can start a bulk action", async (app) => {
  const admin = await signedIn(app, await addAdmin(app, "boss"));
  const other = await signedIn(app, await addAdmin(app, "other"));
  await addCrowd(app, 3);
  const { job_id } = await prepare(admin, CROWD);
  await ask(other, ["POST", "/bulk_job"], { job_id }, 409);
  assert.match((await other.get(`/bulk_job?job_id=${job_id}`)).text, /Only the admin who chose/);
  await ask(other, ["DELETE", "/bulk_job"], { job_id });
  await ask(admin, ["POST", "/bulk_job"], { job_id }, 409);
  const nobody = await prepare(admin, { ...CROWD, filter: "q=nobody" });
  await ask(admin, ["POST", "/bulk_job"], { job_id: nobody.job_id }, 409);
});
