/** The application on PostgreSQL as the role that `deno task migrate --grant` lets serve. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { openDatabase } from "@/lib/db/open_database.ts";
import { findRoleFault } from "@/lib/db/server_role.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { serveApp, type TestApp } from "@/tests/kit/app.ts";
import { postgresAt, postgresTest } from "@/tests/kit/databases.ts";
import { addAdmin, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { asServerRole, SERVER_ROLE } from "@/tests/kit/server_role.ts";
import { redAndBlue } from "@/tests/storage/pictures.ts";

/** Registers a test of the application as that role; the embedded database has no roles. */
function roleTest(name: string, fn: (app: TestApp) => Promise<void>): void {
  postgresTest(name, async ({ url }) => {
    const database = await openDatabase(postgresAt(await asServerRole(url)));
    try {
      await using app = await serveApp({ ...database, url });
      await fn(app);
    } finally {
      await database.close();
    }
  });
}

roleTest("the server role serves every journey of users and admins", async (app) => {
  const user = app.client();
  const fields = { username: "grace", email: "grace@example.org", password: PASSWORD };
  const expectStatus = async (answer: Promise<{ status: number; text: string }>, status = 200) => {
    const { status: found, text } = await answer;
    assert.equal(found, status, text);
    return text;
  };
  await expectStatus(user.sendJson("POST", "/register", { ...fields, password2: PASSWORD }), 201);
  await expectStatus(logIn(user, "grace", "wrong password"), 401);
  await expectStatus(logIn(user, "grace"));
  const { id } = await app.services.db.selectFrom("users").select("id").executeTakeFirstOrThrow();
  const user_id = String(id);
  const form = new FormData();
  form.set("user_id", user_id);
  form.set("full_name", "Grace Hopper");
  form.set("image", new Blob([new Uint8Array(await redAndBlue("png"))]), "a.png");
  const headers = { accept: "application/json", origin: app.origin };
  await expectStatus(user.send("/edit_user", { method: "PUT", headers, body: form }));
  await expectStatus(user.sendJson("POST", "/change_password", {
    current_password: PASSWORD,
    password: `${PASSWORD} too`,
    password2: `${PASSWORD} too`,
  }));
  const admin = await signedIn(app, await addAdmin(app));
  assert.match(await expectStatus(admin.getJson("/user_list?search=hopper")), /grace/);
  await expectStatus(admin.getJson("/admin"));
  await expectStatus(admin.sendJson("PUT", "/update_status", { user_id, status: "suspended" }));
  await expectStatus(user.getJson("/profile"), 401);
  await expectStatus(admin.sendJson("DELETE", "/delete_user", { user_id }));
  await expectStatus(admin.sendJson("PUT", "/restore_user", { user_id }));
  await maintain(app.services);
  await expectStatus(admin.sendJson("POST", "/logout", {}));
});

roleTest(
  "the server role adds to the audit log, and can neither change nor remove entries",
  async (app) => {
    await addAdmin(app);
    const { db } = app.services;
    assert.ok((await db.selectFrom("audit_events").select("id").execute()).length > 0);
    const denied = { code: "42501" };
    await assert.rejects(db.updateTable("audit_events").set({ action: "x" }).execute(), denied);
    await assert.rejects(db.deleteFrom("audit_events").execute(), denied);
    await assert.rejects(sql`truncate audit_events`.execute(db), denied);
  },
);

roleTest("the server role can make, change or drop no table", async (app) => {
  const { db } = app.services;
  for (
    const statement of [
      sql`create table mine (id int)`,
      sql`alter table users add column mine int`,
      sql`alter table audit_events disable trigger all`,
      sql`drop table sessions`,
      sql`truncate users`,
      sql`create index mine on users (id)`,
      sql`delete from kysely_migration`,
    ]
  ) {
    await assert.rejects(statement.execute(db), { code: "42501" });
  }
});

postgresTest("a role that is missing or may do more is refused as the server role", async (it) => {
  await asServerRole(it.url);
  const { db } = it;
  assert.match(await findRoleFault(db, "nobody_here") ?? "", /no role nobody_here: make it with/);
  assert.match(await findRoleFault(db, "postgres") ?? "", /superuser/);
  assert.equal(await findRoleFault(db, SERVER_ROLE), undefined);
  await sql`grant create on schema public to ${sql.id(SERVER_ROLE)}`.execute(db);
  assert.match(await findRoleFault(db, SERVER_ROLE) ?? "", /revoke create on schema public/);
});
