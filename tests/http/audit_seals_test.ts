/** The seals of the audit log: whatever is done to entries by SQL is found. */
import assert from "node:assert/strict";
import { type RawBuilder, sql } from "kysely";
import pino from "pino";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  type AuditFault,
  expireAuditLog,
  printSeal,
  sealAuditLog,
  verifyAuditLog,
} from "@/lib/domain/operation/audit_seals.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { eraseAuditEvents } from "@/lib/repo/audit_events.ts";
import { sealAuditEvents } from "@/lib/repo/audit_seals.ts";
import { appTest, serveApp, type TestApp } from "@/tests/kit/app.ts";
import { postgresAt, postgresTest } from "@/tests/kit/databases.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { asServerRole } from "@/tests/kit/server_role.ts";

const TASK = { kind: "task", name: "test" } as const;

/** Adds entries about the users 901 and 902, who do not exist. Returns their numbers. */
async function addEntries(db: Db, count: number, at?: string): Promise<number[]> {
  const rows = await db.insertInto("audit_events").values(
    Array.from({ length: count }, (_, index) => ({
      ...(at && { at: new Date(at) }),
      actor_id: 901 + index % 2,
      actor_name: "kim",
      real_actor_id: 902,
      real_actor_name: "lee",
      action: index % 3 === 0 ? "sign_in" : "edit_user",
      target_id: 901,
      target_name: "kim",
      ip: "192.0.2.1",
      browser: "Firefox",
      details: JSON.stringify({ reason: "Kim asked", api_key: { id: 1, name: "backup" } }),
    })),
  ).returning("id").execute();
  return rows.map(({ id }) => id);
}

const faultOf = async ({ services }: TestApp, printed?: string): Promise<AuditFault | null> =>
  (await verifyAuditLog(services, printed)).fault;

/** Seals in small batches, so that several seals depend on each other. */
async function sealAll({ services }: TestApp): Promise<void> {
  while (await sealAuditLog(services, 7) === 7);
}

appTest("the seals fit an untouched audit log, whatever is written after them", async (app) => {
  const { db } = app.services;
  await addEntries(db, 20);
  await sealAll(app);
  await addEntries(db, 3);
  assert.deepEqual(await verifyAuditLog(app.services), {
    entries: 23,
    seals: 3,
    waiting: 3,
    fault: null,
  });
  await maintain(app.services);
  const { waiting, fault } = await verifyAuditLog(app.services);
  assert.deepEqual([waiting, fault], [0, null]);
}, { everyDatabase: true });

type Attack = (ids: readonly number[]) => RawBuilder<unknown>;

const id = (ids: readonly number[], index: number) => ids[index]!;

const ATTACKS: Readonly<Record<string, readonly [Attack, AuditFault["kind"], number]>> = {
  "a changed name": [
    (ids) => sql`update audit_events set actor_name = 'eve' where id = ${id(ids, 4)}`,
    "changed",
    4,
  ],
  "a changed address": [
    (ids) => sql`update audit_events set ip = null where id = ${id(ids, 5)}`,
    "changed",
    5,
  ],
  "a time that moved by a microsecond": [
    (ids) =>
      sql`update audit_events set at = at + interval '1 microsecond' where id = ${id(ids, 6)}`,
    "changed",
    6,
  ],
  "changed details": [
    (ids) => sql`update audit_events set details = '{"reason": "None"}' where id >= ${id(ids, 7)}`,
    "changed",
    7,
  ],
  "removed entries": [
    (ids) => sql`delete from audit_events where id in (${id(ids, 9)}, ${id(ids, 8)})`,
    "removed",
    8,
  ],
  "another action": [
    (ids) => sql`update audit_events set action = 'edit_user' where id = ${id(ids, 3)}`,
    "changed",
    3,
  ],
  "another target": [
    (ids) => sql`update audit_events set target_id = null where id = ${id(ids, 12)}`,
    "changed",
    12,
  ],
  "another request": [
    (ids) => sql`update audit_events set request_id = 'x' where id = ${id(ids, 13)}`,
    "changed",
    13,
  ],
  "another browser": [
    (ids) => sql`update audit_events set browser = 'Safari' where id = ${id(ids, 14)}`,
    "changed",
    14,
  ],
  "another real actor": [
    (ids) => sql`update audit_events set real_actor_id = null where id = ${id(ids, 15)}`,
    "changed",
    15,
  ],
  "the actors of two entries exchanged": [
    (ids) =>
      sql`update audit_events set actor_id = 1803 - actor_id
        where id in (${id(ids, 10)}, ${id(ids, 11)})`,
    "changed",
    10,
  ],
  "the first entry removed": [
    (ids) => sql`delete from audit_events where id = ${id(ids, 0)}`,
    "removed",
    0,
  ],
  "the last entry removed with its salts": [
    (ids) =>
      sql`with e as (delete from audit_events where id = ${id(ids, 19)})
        delete from audit_salts where event_id = ${id(ids, 19)}`,
    "removed",
    19,
  ],
  "a removal that pretends to be of an old entry": [
    (ids) =>
      sql`with e as (delete from audit_events where id = ${id(ids, 9)})
        insert into audit_events (actor_name, action, details) values ('task maintenance',
          'expire_audit_log', '{"sign_ins_before": "2999-01-01", "others_before": "2999-01-01"}')`,
    "removed",
    9,
  ],
  "removed salts": [
    (ids) => sql`delete from audit_salts where event_id = ${id(ids, 3)}`,
    "changed",
    3,
  ],
  "a pretended erasure of a name": [
    (ids) =>
      sql`with e as (update audit_events set target_name = 'bo' where id = ${id(ids, 2)})
        update audit_salts set target = sha256(target || '["kim"]') where event_id = ${id(ids, 2)}`,
    "changed",
    2,
  ],
};

appTest("the first entry that was changed or removed by SQL is named", async (app) => {
  const { db } = app.services;
  const ids = await addEntries(db, 20);
  await sealAll(app);
  for (const [name, [attack, kind, index]] of Object.entries(ATTACKS)) {
    const undo = new Error("undo");
    await db.transaction().execute(async (tx) => {
      await attack(ids).execute(tx);
      const { fault } = await verifyAuditLog({ ...app.services, db: tx });
      assert.deepEqual(fault, { kind, id: ids[index] }, name);
      throw undo;
    }).catch((error: unknown) => assert.equal(error, undo));
  }
  assert.equal(await faultOf(app), null);
}, { everyDatabase: true });

appTest("an entry that was inserted by SQL is named, also after the next seals", async (app) => {
  const { db } = app.services;
  const insert = (at: RawBuilder<unknown>, number: RawBuilder<unknown>) =>
    sql<{ id: number }>`
      insert into audit_events (id, at, actor_name, action) overriding system value
      values (${number}, ${at}, 'eve', 'edit_user') returning id
    `.execute(db);
  const number = sql`nextval(pg_get_serial_sequence('audit_events', 'id'))`;
  const [gap = 0] = await addEntries(db, 1);
  await db.deleteFrom("audit_events").execute();
  await addEntries(db, 10);
  await sealAll(app);
  const { rows: [late] } = await insert(sql`now() - interval '1 day'`, number);
  assert.deepEqual(await faultOf(app), { kind: "inserted", id: late!.id });
  await addEntries(db, 10);
  await sealAll(app);
  assert.deepEqual(await faultOf(app), { kind: "inserted", id: late!.id });
  await insert(sql`now()`, sql.lit(gap));
  assert.deepEqual(await faultOf(app), { kind: "inserted", id: gap });
  // With salts it looks sealed, but no seal has it.
  await sql`insert into audit_salts select ${gap}, s.actor, s.actor, s.actor, s.actor, s.actor
    from audit_salts s limit 1`.execute(db);
  assert.deepEqual(await faultOf(app), { kind: "inserted", id: gap });
}, { everyDatabase: true });

appTest(
  "a seal that was changed or removed is named, and a printed one shows a cut",
  async (app) => {
    const { db } = app.services;
    await addEntries(db, 20);
    await sealAll(app);
    const printed = await printSeal(app.services);
    assert.equal(await faultOf(app, printed!.hash), null);
    const [first, second] = await db.selectFrom("audit_seals").select("id").orderBy("id").execute();
    const tries: [RawBuilder<unknown>, AuditFault["kind"]][] = [
      [sql`update audit_seals set sealed_at = now() where id = ${second!.id}`, "seal"],
      [sql`update audit_seals set hash = sha256(hash) where id = ${second!.id}`, "seal"],
      [sql`delete from audit_seals where id = ${first!.id}`, "seal"],
      [sql`delete from audit_seals where id = ${second!.id}`, "seal"],
      [sql`delete from audit_seals where id = ${printed!.seal}`, "unsealed"],
      [sql`delete from audit_seals`, "unsealed"],
      [sql`with s as (delete from audit_seals) delete from audit_salts`, "cut"],
      [
        sql`with s as (delete from audit_seals where id = ${printed!.seal} returning entries),
        e as (delete from audit_events where id > ${printed!.last_entry - 6})
        delete from audit_salts where event_id > ${printed!.last_entry - 6}`,
        "cut",
      ],
    ];
    for (const [attack, kind] of tries) {
      const undo = new Error("undo");
      await db.transaction().execute(async (tx) => {
        await attack.execute(tx);
        const { fault } = await verifyAuditLog({ ...app.services, db: tx }, printed!.hash);
        assert.equal(fault?.kind, kind);
        throw undo;
      }).catch((error: unknown) => assert.equal(error, undo));
    }
  },
  { everyDatabase: true },
);

appTest("the seals fit after a user is erased, of whom nothing personal is left", async (app) => {
  const { db } = app.services;
  await addEntries(db, 20);
  await sealAll(app);
  const before = await verifyAuditLog(app.services);
  await eraseAuditEvents(db, 901, 12);
  assert.equal(await faultOf(app), null, "halfway");
  await eraseAuditEvents(db, 901, 100);
  assert.deepEqual(await verifyAuditLog(app.services), before);
  const left = await db.selectFrom("audit_events").selectAll().where("actor_id", "=", 901)
    .execute();
  assert.doesNotMatch(JSON.stringify(left), /kim|Kim|192\.0|Firefox|backup/);
  const { rows } = await sql<{ lengths: number[] }>`
    select distinct array[
      length(s.actor), length(s.target), length(s.details), length(s.origin)
    ] as lengths
    from audit_salts s join audit_events e on e.id = s.event_id where actor_id = 901
  `.execute(db);
  assert.deepEqual(rows, [{ lengths: [32, 32, 32, 32] }], "no salt is left to guess with");
  await eraseAuditEvents(db, 902, 100);
  assert.equal(await faultOf(app), null);
}, { everyDatabase: true });

appTest("old entries are removed as the settings say, and the seals fit", async (app) => {
  const { db } = app.services;
  await addEntries(db, 12, new Date(Date.now() - 100 * 86_400_000).toISOString());
  await addEntries(db, 12);
  await sealAll(app);
  while (await expireAuditLog(app.services, TASK, 3) > 0);
  const left = await db.selectFrom("audit_events").select(["action", "at"]).execute();
  const young = (action: string) => left.filter((entry) => entry.action === action).length;
  assert.deepEqual([young("sign_in"), young("edit_user")], [4, 16]);
  assert.equal(young("expire_audit_log"), 1);
  assert.equal(await faultOf(app), null);
  await sql`delete from audit_events where action = 'sign_in'`.execute(db);
  assert.equal((await faultOf(app))?.kind, "removed", "a young one");
}, { everyDatabase: true });

postgresTest("entries of transactions that end late are sealed, each exactly once", async (
  { url, ...database },
) => {
  await using app = await serveApp({ ...database, url });
  const { db } = app.services;
  const ends: (() => void)[] = [];
  const slow = [0, 1].map((index) =>
    inTransaction(db, async (tx) => {
      await addEntries(tx, 3);
      await new Promise<void>((resolve) => ends[index] = resolve);
    })
  );
  while (!ends[0] || !ends[1]) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const index of [0, 1]) {
    await addEntries(db, 10);
    await Promise.all([1, 2].map(() => sealAuditLog(app.services, 8)));
    ends[index]!();
    await slow[index];
  }
  await sealAll(app);
  assert.deepEqual(await verifyAuditLog(app.services), {
    entries: 26,
    seals: (await verifyAuditLog(app.services)).seals,
    waiting: 0,
    fault: null,
  });
});

postgresTest("the server role seals, and can neither change seals nor remove young entries", async (
  { url },
) => {
  const database = await openDatabase(postgresAt(await asServerRole(url)));
  try {
    const { db } = database;
    await addEntries(db, 3);
    assert.equal((await inTransaction(db, (tx) => sealAuditEvents(tx, 10))).length, 3);
    const denied = { code: "42501" };
    await assert.rejects(db.deleteFrom("audit_seals").execute(), denied);
    await assert.rejects(db.updateTable("audit_seals").set({ last_id: 1 }).execute(), denied);
    await assert.rejects(db.deleteFrom("audit_salts").execute(), denied);
    const expire = (signIns: number, others: number) =>
      sql`select expire_audit_events(now() - ${signIns}::int * interval '1 day',
        now() - ${others}::int * interval '1 day', 10)`.execute(db);
    await assert.rejects(expire(29, 400), denied);
    await assert.rejects(expire(40, 364), denied);
    await expire(30, 365);
  } finally {
    await database.close();
  }
});

const lines: string[] = [];

appTest("with LOG_AUDIT each entry is a line of the log without names and values", async (app) => {
  lines.splice(0);
  const ids = await addEntries(app.services.db, 20);
  await sealAll(app);
  const entries = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "Audit");
  assert.deepEqual(entries.map(({ id }) => id), ids);
  const { action, actor_id, real_actor_id, target_id, ip } = entries[0];
  const seen = [action, actor_id, real_actor_id, target_id, ip];
  assert.deepEqual(seen, ["sign_in", 901, 902, 901, "192.0.2.1"]);
  assert.doesNotMatch(lines.join(), /kim|lee|Kim asked/);
}, {
  environment: { LOG_AUDIT: "1" },
  adapt: () => ({ log: pino({}, { write: (line: string) => lines.push(line) }) }),
});
