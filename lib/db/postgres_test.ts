import assert from "node:assert/strict";
import { sql } from "kysely";
import { limitReads } from "@/lib/repo/server.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { databaseTest, postgresAt, postgresTest } from "@/tests/kit/databases.ts";
import { makeCertificate } from "@/tests/kit/certificate.ts";
import { queryPostgres, startPostgres } from "@/tests/kit/postgres.ts";
import { openssl, postgres } from "@/tests/kit/programs.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import type { Tx } from "./database.ts";
import { isUnreachable, outageOf } from "./errors.ts";
import { openDatabase } from "./open_database.ts";

databaseTest("both drivers read the same values", async ({ db }) => {
  const { rows } = await sql`
    select 9007199254740991::int8 as big, count(*) as count, '{"a": [1]}'::jsonb as json,
      '2025-01-02 03:04:05.678+00'::timestamptz as at, '\\x01ff'::bytea as bytes, true as yes
    from generate_series(1, 3)
  `.execute(db);
  const [row] = rows as [Record<string, unknown>];
  assert.equal(row.big, Number.MAX_SAFE_INTEGER);
  assert.equal(row.count, 3);
  assert.deepEqual(row.json, { a: [1] });
  assert.deepEqual(row.at, new Date("2025-01-02T03:04:05.678Z"));
  assert.deepEqual(new Uint8Array(row.bytes as Uint8Array), new Uint8Array([1, 255]));
  assert.equal(row.yes, true);
});

databaseTest("JSON, dates and bytes go in and come out as they are", async ({ db }) => {
  const details = { text: 'a "quote" \\ é', list: [1, null], nested: { deep: true } };
  const at = new Date("2025-06-07T08:09:10.111Z");
  await db.insertInto("audit_events")
    .values({ actor_name: "a", action: "b", at, details: JSON.stringify(details) }).execute();
  const row = await db.selectFrom("audit_events").select(["at", "details"])
    .executeTakeFirstOrThrow();
  assert.deepEqual(row, { at, details });
});

postgresTest(
  "statements of a transaction are neither compiled nor shared out, except slow reads",
  async ({ db }) => {
    const shown = async (tx: Tx) => {
      const names = ["jit", "max_parallel_workers_per_gather"];
      const { rows: [row] } = await sql<{ values: string[] }>`
      select array(select current_setting(name) from unnest(${names}::text[]) as name) as values
    `.execute(tx);
      return row!.values;
    };
    assert.deepEqual(await db.transaction().execute(shown), ["off", "0"]);
    const [jit, workers] = await db.transaction().execute(async (tx) => {
      await limitReads(tx, 1_000);
      return await shown(tx);
    });
    assert.equal(jit, "off");
    assert.notEqual(workers, "0");
  },
);

Deno.test("a server that is not there is unreachable", async () => {
  const url = `postgres://roster@127.0.0.1:${freePort()}/roster`;
  const { ping, close } = await openDatabase(postgresAt(url));
  await assert.rejects(ping(), isUnreachable);
  await close();
});

postgresTest("connections that the server ends harm the next query only", async ({ db, url }) => {
  const other = await openDatabase(postgresAt(url));
  const endOthers = () =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(other.db);
  const work = db.transaction().execute(async (tx) => {
    await sql`select 1`.execute(tx);
    await endOthers();
    await sql`select 2`.execute(tx);
  });
  await assert.rejects(work, isUnreachable);
  await sql`select 3`.execute(db);
  await other.close();
});

postgresTest("a server without TLS is reached unless sslmode wants TLS", async ({ url }) => {
  for (
    const [mode, works] of [
      ["disable", true],
      ["allow", true],
      ["prefer", true],
      ["require", false],
    ] as const
  ) {
    const open = await openDatabase(postgresAt(`${url}?sslmode=${mode}`));
    if (works) await open.ping();
    else await assert.rejects(open.ping(), /does not support SSL/);
    await open.close();
  }
});

postgresTest("connections that are opened at once all find the way that works", async ({ url }) => {
  const { host, username, pathname } = new URL(url);
  const hosts = `127.0.0.1:${freePort()},${host}`;
  for (const to of [`${url}?sslmode=prefer`, `postgres://${username}@${hosts}${pathname}`]) {
    const open = await openDatabase(postgresAt(to));
    await Promise.all(Array.from({ length: 8 }, () => open.ping()));
    await open.close();
  }
});

/** Whether the connection was encrypted, or why there was none. */
async function tryToConnect(url: string): Promise<string> {
  const { db, close } = await openDatabase(postgresAt(url));
  try {
    const { rows: [row] } = await sql<{ ssl: boolean }>`
      select ssl from pg_stat_ssl where pid = pg_backend_pid()
    `.execute(db);
    return row?.ssl ? "encrypted" : "plain";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await close();
  }
}

Deno.test({
  name: "each sslmode checks of a server with TLS what libpq checks",
  ignore: !postgres.find() || !openssl.find(),
  async fn() {
    await using cluster = await startPostgres("tls");
    await using folder = await tempFolder();
    const { certificateFile: foreign } = await makeCertificate(folder.path);
    const own = cluster.certificateFile ?? "";
    const elsewhere = cluster.url.replace("127.0.0.1", "127.0.0.2");
    const encrypted = /^encrypted$/;
    const cases: [string, string, RegExp][] = [
      [cluster.url, "", encrypted],
      [cluster.url, "sslmode=disable", /^plain$/],
      [cluster.url, "sslmode=allow", /^plain$/],
      [cluster.url, "sslmode=prefer", encrypted],
      [cluster.url, "sslmode=require", encrypted],
      [cluster.url, `sslmode=require&sslrootcert=${foreign}`, /certificate|issuer/i],
      [cluster.url, `sslmode=verify-ca&sslrootcert=${own}`, encrypted],
      [elsewhere, `sslmode=verify-ca&sslrootcert=${own}`, encrypted],
      [cluster.url, `sslmode=verify-ca&sslrootcert=${foreign}`, /certificate|issuer/i],
      [cluster.url, `sslmode=verify-full&sslrootcert=${own}`, encrypted],
      [elsewhere, `sslmode=verify-full&sslrootcert=${own}`, /certificate|altnames/i],
      [cluster.url, "sslrootcert=system", /certificate|issuer/i],
    ];
    for (const [url, query, outcome] of cases) {
      assert.match(await tryToConnect(`${url}?${query}`), outcome, `${url} ${query}`);
    }
  },
});

Deno.test({
  name: "channel_binding=require takes no other proof of a password, and none for granted",
  ignore: !postgres.find() || !openssl.find(),
  async fn() {
    await using cluster = await startPostgres("tls");
    const super_ = await openDatabase(postgresAt(`${cluster.url}?sslmode=require`));
    const ways = { bound: "scram-sha-256", plain: "password", trusted: "trust", old: "md5" };
    for (const name of Object.keys(ways)) {
      const encryption = name === "old" ? "md5" : "scram-sha-256";
      await queryPostgres(
        cluster.url,
        `set password_encryption = '${encryption}'; create role ${name} login password 'secret'`,
      );
    }
    const { rows: [file] } = await sql<{ path: string }>`
      select current_setting('hba_file') as path
    `.execute(super_.db);
    const rules = Object.entries(ways).map(([name, way]) => `host all ${name} all ${way}`);
    await Deno.writeTextFile(file!.path, [...rules, "host all postgres all trust", ""].join("\n"));
    await sql`select pg_reload_conf()`.execute(super_.db);
    await super_.close();
    const tryAs = (name: string, binding: string) => {
      const url = cluster.url.replace("postgres@", `${name}:secret@`);
      return tryToConnect(`${url}?sslmode=require&channel_binding=${binding}`);
    };
    for (const name of Object.keys(ways)) {
      assert.equal(await tryAs(name, "prefer"), "encrypted", name);
      const expected = name === "bound" ? /^encrypted$/ : /does not bind the sign-in/;
      assert.match(await tryAs(name, "require"), expected, name);
    }
  },
});

postgresTest("of several hosts the first is used that works, and takes changes", async (open) => {
  const { host, username, pathname } = new URL(open.url);
  const hosts = `127.0.0.1:${freePort()},${host}`;
  const writable = await openDatabase(postgresAt(`postgres://${username}@${hosts}${pathname}`));
  await writable.ping();
  await writable.close();
  const readOnly = await openDatabase(
    postgresAt(
      `postgres://${username}@${hosts}${pathname}?target_session_attrs=read-write` +
        "&options=-cdefault_transaction_read_only%3Don",
    ),
  );
  await assert.rejects(readOnly.ping(), (error) => outageOf(error) === "unreachable");
  await readOnly.close();
});
