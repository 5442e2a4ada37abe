import assert from "node:assert/strict";
import { isMigrated } from "@/lib/db/migrator.ts";
import { databaseTest } from "./databases.ts";

databaseTest("databaseTest() gives a migrated database", async ({ db }) => {
  assert.equal(await isMigrated(db), true);
});

for (const turn of ["first", "second"]) {
  databaseTest(`databaseTest() gives an empty database to the ${turn} test`, async ({ db }) => {
    const rows = await db.selectFrom("audit_events").selectAll().execute();
    assert.deepEqual(rows, []);
    const event = { actor_name: "task test", action: "seen", details: "{}" };
    await db.insertInto("audit_events").values(event).execute();
  });
}
