import assert from "node:assert/strict";
import { databaseTest } from "@/tests/kit/databases.ts";
import { takeLease } from "./leases.ts";

databaseTest("takeLease() lets one process at a time do a work", async ({ db }) => {
  const asked = await Promise.all([1, 2, 3].map(() => takeLease(db, "sweep", 60)));
  assert.deepEqual(asked.filter(Boolean), [true]);
  assert.equal(await takeLease(db, "sweep", 60), false);
  assert.equal(await takeLease(db, "dust", 60), true, "another work is nobody's yet");
  await db.updateTable("leases").set({ expires_at: new Date(0) }).execute();
  assert.equal(await takeLease(db, "sweep", 60), true);
});
