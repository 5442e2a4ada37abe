import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { listAuditEntries } from "@/lib/repo/audit_log.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0038_quick_audit_terms";

/** Reasons, and the words by which they are found. */
const REASONS: readonly [reason: string, ...words: string[]][] = [
  ["Spam! C++ (again)\nfrom ada@example.org", "spam", "c", "again", "from", "example"],
  ["“Crème brûlée” in Zürich", "crème", "brûlée", "zürich"],
  ["a".repeat(800) + " rude", "rude"],
  [" \\ {'' \" ", "ada"],
];

databaseTest(
  `${NAME} finds entries by their words, older ones too, and goes again`,
  async ({ db }) => {
    const add = () =>
      sql`
      insert into audit_events (actor_name, action, details, ip)
      select 'ada', 'edit_user', jsonb_build_object('reason', reason), '192.0.2.1'
      from unnest(${REASONS.map(([reason]) => reason)}::text[]) reason
    `.execute(db);
    const entries = () => db.selectFrom("audit_events").selectAll().orderBy("id").execute();
    await migrateBefore(db, NAME);
    await add();
    const before = await entries();
    await migrateUp(db);
    await add();
    const reasonsWith = async (filter: { words: string[] } | { network: string }) => {
      const { rows } = await listAuditEntries(db, filter, { limit: 50 });
      return rows.map(({ details }) => details.reason);
    };
    for (const [reason, ...words] of REASONS) {
      const found = await reasonsWith({ words });
      assert.equal(found.filter((other) => other === reason).length, 2, words.join());
    }
    assert.equal((await reasonsWith({ network: "192.0." })).length, 2 * REASONS.length);
    assert.deepEqual(await reasonsWith({ words: ["ada", "nobody"] }), []);
    await migrateBefore(db, NAME);
    assert.deepEqual((await entries()).slice(0, before.length), before);
    assert.deepEqual((await reasonsWith({ words: ["brûlée"] })).length, 2);
    await migrateUp(db);
  },
);
