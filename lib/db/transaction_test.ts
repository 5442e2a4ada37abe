import assert from "node:assert/strict";
import { sql } from "kysely";
import { databaseTest } from "@/tests/kit/databases.ts";
import type { Tx } from "./database.ts";
import { isSerializationFailure, violatedConstraint } from "./errors.ts";
import { inTransaction } from "./transaction.ts";

function add(tx: Tx, actor_name: string) {
  return tx.insertInto("audit_events").values({ actor_name, action: "test", details: "{}" })
    .execute();
}

databaseTest("inTransaction() takes everything back when it throws", async ({ db }) => {
  const work = inTransaction(db, async (tx) => {
    await add(tx, "ada");
    throw new Error("no");
  });
  await assert.rejects(work, /^Error: no$/);
  assert.deepEqual(await db.selectFrom("audit_events").select("id").execute(), []);
});

databaseTest("inTransaction() within a transaction joins it", async ({ db }) => {
  const work = inTransaction(db, async (outer) => {
    await inTransaction(outer, (tx) => {
      assert.equal(tx, outer);
      return add(tx, "ada");
    });
    throw new Error("no");
  });
  await assert.rejects(work);
  assert.deepEqual(await db.selectFrom("audit_events").select("id").execute(), []);
});

databaseTest("transactions at the same time do not mix", async ({ db }) => {
  await sql`create table counter as select 0 as value`.execute(db);
  await Promise.all(Array.from({ length: 12 }, () =>
    inTransaction(db, async (tx) => {
      const { rows } = await sql<{ value: number }>`select value from counter for update`
        .execute(tx);
      await sql`update counter set value = ${(rows[0]?.value ?? 0) + 1}`.execute(tx);
    })));
  assert.deepEqual((await sql`select value from counter`.execute(db)).rows, [{ value: 12 }]);
});

databaseTest("a transaction that lost a deadlock is run again", async ({ db, kind }) => {
  // One session cannot wait for itself, so the embedded database reports it.
  if (kind === "pglite") return await retriesWhatTheDatabaseBreaksOff(db);
  await sql`create table pairs as select generate_series(1, 2) as id, 0 as value`.execute(db);
  const { promise: bothHold, resolve } = Promise.withResolvers<void>();
  let holders = 0;
  const update = (tx: Tx, id: number) =>
    sql`update pairs set value = value + 1 where id = ${id}`.execute(tx);
  const work = (first: number, second: number) =>
    inTransaction(db, async (tx) => {
      await update(tx, first);
      if (++holders === 2) resolve();
      await bothHold;
      await update(tx, second);
    });
  await Promise.all([work(1, 2), work(2, 1)]);
  const { rows } = await sql`select value from pairs`.execute(db);
  assert.deepEqual(rows, [{ value: 2 }, { value: 2 }]);
  // Once more for each deadlock: on a busy machine the loser may be back before the winner wakes.
  assert.ok(holders > 2, `${holders} times`);
});

async function retriesWhatTheDatabaseBreaksOff(db: Parameters<typeof inTransaction>[0]) {
  let attempts = 0;
  const work = inTransaction(db, async (tx) => {
    attempts++;
    await sql`do $$ begin raise deadlock_detected; end $$`.execute(tx);
  });
  await assert.rejects(work, isSerializationFailure);
  assert.equal(attempts, 4);
}

databaseTest("violatedConstraint() tells nothing of other errors", async ({ db }) => {
  await assert.rejects(sql`select 1 / 0`.execute(db), (error) => {
    assert.equal(violatedConstraint(error), undefined);
    assert.equal(isSerializationFailure(error), false);
    return true;
  });
  assert.equal(violatedConstraint(undefined), undefined);
});
