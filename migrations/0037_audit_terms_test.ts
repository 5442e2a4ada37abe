import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { listAuditEntries } from "@/lib/repo/audit_log.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0037_audit_terms";

databaseTest(`${NAME} finds older entries by their words, and goes again`, async ({ db }) => {
  await migrateBefore(db, NAME);
  const long = "x".repeat(1_500);
  await sql`
    insert into audit_events (actor_name, action, details) values
      ('ada', 'edit_user', jsonb_build_object('reason', 'spam ' || ${long}::text)),
      ('ada', 'edit_user', '{"reason": "moved"}')
  `.execute(db);
  const before = await db.selectFrom("audit_events").selectAll().orderBy("id").execute();
  await migrateUp(db);
  const { rows } = await listAuditEntries(db, { words: ["ada", "spa"] }, { limit: 5 });
  assert.deepEqual(rows.map(({ undoable: _, ...row }) => row), before.slice(0, 1));
  await migrateBefore(db, NAME);
  const after = await db.selectFrom("audit_events").selectAll().orderBy("id").execute();
  assert.deepEqual(after, before);
  await migrateUp(db);
}, { anyDatabase: true });
