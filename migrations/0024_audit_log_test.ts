import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { listAuditEntries } from "@/lib/repo/audit_log.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0024_audit_log";

databaseTest(`${NAME} finds older entries, changes none, and can be taken back`, async ({ db }) => {
  await migrateBefore(db, NAME);
  await sql`
    insert into audit_events (actor_id, actor_name, action, target_id, target_name, ip, details)
    values (1, 'ada', 'edit_user', 2, 'bo', '192.0.2.1', '{"account": {"email": ["a", "b@c"]}}')
  `.execute(db);
  const before = await db.selectFrom("audit_events").selectAll().execute();
  await migrateUp(db);
  const { rows } = await listAuditEntries(db, { words: ["b"], network: "192.0." }, { limit: 5 });
  assert.deepEqual(rows.map(({ undoable: _, ...row }) => row), before);
  await migrateBefore(db, NAME);
  assert.deepEqual(await db.selectFrom("audit_events").selectAll().execute(), before);
  await migrateUp(db);
}, { anyDatabase: true });
