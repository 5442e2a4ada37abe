/** Actions on many users at once that are taken back. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { inTransaction } from "@/lib/db/transaction.ts";
import { refreshUserSearch } from "@/lib/repo/user_search.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
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
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

appTest(
  "the whole is taken back, except for users who were changed since; sessions stay ended",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "boss"));
    const [user_id] = await addCrowd(app, 8);
    const job_id = await begin(admin, CROWD);
    const { can_undo } = await finish(app, admin, job_id);
    assert.ok(can_undo);
    const again = { user_id, status: "suspended", reason: "Really" };
    await ask(admin, ["PUT", "/update_status"], again);
    const undo = await ask(admin, ["PUT", "/bulk_job"], { job_id });
    const job = await finish(app, admin, undo.job_id);
    assert.deepEqual([job.action, job.undoes, job.done], ["undo", job_id, 7]);
    assert.deepEqual(leftOut(job), { undo_conflict: 1 });
    assert.equal(await countUsers(app, sql`status = 'suspended'`), 1);
    assert.equal(await countUsers(app, sql`exists (select from sessions where user_id = u.id)`), 0);
    const { text } = await admin.get(`/bulk_results?job_id=${undo.job_id}`);
    assert.match(text, new RegExp(`^${user_id},crowd1,.*,left_out,Changed again since\r$`, "m"));
    assert.equal((await read(admin, job_id)).undone_by, undo.job_id);
    for (const over of [job_id, undo.job_id]) {
      await ask(admin, ["PUT", "/bulk_job"], { job_id: over }, 409);
    }
  },
  BY_HAND,
);

/** Everything about the crowd that outlives a deletion, to the microsecond. */
async function readCrowd({ services: { db } }: TestApp): Promise<unknown[]> {
  const about = (table: string) =>
    sql`(select json_agg(to_jsonb(t) - 'id' order by t::text) from ${sql.table(table)} as t
      where t.user_id = u.id)`;
  const { rows } = await sql`
    select u.username, to_jsonb(u) - 'version' as account,
      (select to_jsonb(p) - 'version' from user_profiles as p where p.user_id = u.id) as profile,
      ${about("user_search")} as search, ${about("user_tags")} as tags,
      ${about("user_notes")} as notes, ${about("second_factors")} as factors,
      ${about("recovery_codes")} as codes, ${about("passkeys")} as passkeys
    from users as u where username like 'crowd%' order by username
  `.execute(db);
  return rows;
}

appTest(
  "users who were deleted in bulk come back with all that they had, except for taken names",
  async (app) => {
    const { db, jobs } = app.services;
    const admin = await signedIn(app, await addAdmin(app, "boss"));
    await addCrowd(app, 5);
    for (
      const statement of [
        sql`update users set failed_logins = 2, last_login_at = '2026-01-02 03:04:05.678912+00',
          email_verified_at = '2026-01-02 03:04:05.678913+00' where username like 'crowd%'`,
        sql`insert into user_profiles (user_id, full_name, image, updated_at)
          select id, 'Name of ' || username, '/images/x.webp', '2026-01-02 03:04:05.678914+00'
          from users where username in ('crowd1', 'crowd2', 'crowd3', 'crowd5')`,
        sql`insert into user_tags (user_id, tag) select id, tag from users, unnest(array['a', 'b'])
          as tag where username in ('crowd1', 'crowd2')`,
        sql`insert into user_notes (user_id, text) select id, text from users,
          unnest(array['first', 'second']) as text where username in ('crowd2', 'crowd3')`,
        sql`update user_notes set at = '2026-01-02 03:04:05.678+00'`,
        sql`insert into second_factors (user_id, secret, turned_on_at)
          select id, 'x', '2026-01-02' from users where username = 'crowd1'`,
        sql`insert into recovery_codes (user_id, code_hash)
          select id, code from users, unnest(array['1', '2']) as code where username = 'crowd1'`,
        sql`insert into passkeys (user_id, credential_id, public_key, counter, transports, name, synced)
          select id, username, 'x', 3, 'usb', 'Key', false from users where username = 'crowd2'`,
        sql`update passkeys set created_at = '2026-01-02 03:04:05.678+00'`,
      ]
    ) await statement.execute(db);
    await inTransaction(db, async (tx) => {
      const crowd = await tx.selectFrom("users").select("id").where("username", "like", "crowd%")
        .execute();
      await refreshUserSearch(tx, crowd.map(({ id }) => id));
    });
    const before = await readCrowd(app);
    const job_id = await begin(admin, { action: "delete_user", filter: "q=crowd" });
    const { done } = await finish(app, admin, job_id);
    assert.deepEqual([done, await readCrowd(app)], [5, []]);
    const results = await admin.get(`/bulk_results?job_id=${job_id}`);
    assert.match(results.text, /,crowd1,crowd1@example\.org,done,/, "they still have the names");
    const { rows: kept } = await sql<{ deleted_by: string; snapshot: { user: object } }>`
      select deleted_by, snapshot from deleted_users`.execute(db);
    assert.ok(kept.every(({ deleted_by }) => deleted_by === "boss"));
    assert.ok(kept.every(({ snapshot }) => !("reason" in snapshot.user)));
    // The hooks of the deletion, late, leave those who are back alone.
    await addPerson(app, "Crowd5");
    const undo = await ask(admin, ["PUT", "/bulk_job"], { job_id });
    const job = await finish(app, admin, undo.job_id);
    assert.deepEqual([job.done, leftOut(job)], [4, { name_taken: 1 }]);
    await jobs.drain("user_deleted");
    await jobs.drain("user_created");
    const after = await readCrowd(app);
    const profileOf = (row: unknown) => (row as { profile: { email: string } | null }).profile;
    // Nobody is without a profile for long: it has the address of the account.
    assert.equal(profileOf(before[3]), null);
    assert.equal(profileOf(after[3])?.email, "crowd4@example.org");
    assert.deepEqual(after.toSpliced(3, 1), before.slice(0, 3));
    const { text } = await admin.get(`/bulk_results?job_id=${undo.job_id}`);
    assert.match(text, /,crowd5,.*,left_out,Somebody else now has the name or address/);
    assert.equal(await countEntries(app, "undo"), 4);
  },
  BY_HAND,
);

appTest(
  "a stopped bulk action leaves the rest alone, and what was done can be taken back",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "boss"));
    await addCrowd(app, 120);
    const job_id = await begin(admin, CROWD);
    await doBatch(app);
    const { text, headers } = await admin.get(`/bulk_job?job_id=${job_id}`);
    assert.equal(headers.get("refresh"), "3");
    assert.match(text, />Stop</);
    await ask(admin, ["DELETE", "/bulk_job"], { job_id });
    assert.equal((await read(admin, job_id)).state, "cancelled");
    await doBatch(app);
    const job = await read(admin, job_id);
    assert.ok(job.done > 0 && job.done <= 50);
    assert.deepEqual([job.done + job.waiting, job.can_undo], [120, true]);
    assert.equal(await countUsers(app, sql`status = 'suspended'`), job.done);
    await ask(admin, ["DELETE", "/bulk_job"], { job_id }, 409);
    const undo = await ask(admin, ["PUT", "/bulk_job"], { job_id });
    assert.equal((await read(admin, undo.job_id)).total, job.done);
    assert.equal((await finish(app, admin, undo.job_id)).done, job.done);
    assert.equal(await countUsers(app, sql`status = 'suspended'`), 0);
  },
  BY_HAND,
);

appTest("of several who start or take back a bulk action at once, one succeeds", async (app) => {
  const admin = await signedIn(app, await addAdmin(app, "boss"));
  await addCrowd(app, 1);
  const count = async (method: "POST" | "PUT", job_id: number) => {
    const answers = await Promise.all(
      [1, 2, 3].map(() => admin.sendJson(method, "/bulk_job", { job_id })),
    );
    return answers.map(({ status }) => status).sort();
  };
  for (let round = 1; round <= 20; round++) {
    const { job_id } = await prepare(admin, CROWD);
    assert.deepEqual(await count("POST", job_id), [200, 409, 409]);
    await finish(app, admin, job_id);
    assert.deepEqual(await count("PUT", job_id), [200, 409, 409]);
    await finish(app, admin, (await read(admin, job_id)).undone_by!);
    assert.equal(await countEntries(app, "suspend_user"), round);
    assert.equal(await countEntries(app, "undo"), round);
  }
}, BY_HAND);
