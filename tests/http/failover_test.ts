/** A PostgreSQL server that becomes read-only and then writable again. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { appTest } from "@/tests/kit/app.ts";
import { addAdmin, signedIn } from "@/tests/kit/people.ts";
import { queryPostgres } from "@/tests/kit/postgres.ts";

appTest("a read-only database is an outage that ends without a restart", async (app) => {
  const { url, db } = app.database;
  if (url === undefined) return;
  const admin = await addAdmin(app);
  const client = await signedIn(app, admin);
  const change = () =>
    client.sendJson("PUT", "/edit_user", { user_id: admin.user_id, full_name: "Ada" });
  const isReady = async () => (await client.get("/readyz")).status === 200;
  const { rows: [{ name } = { name: "" }] } = await sql<
    { name: string }
  >`select current_database() as name`.execute(db);
  const elsewhere = new URL(url);
  elsewhere.pathname = "/postgres";
  assert.ok(await isReady());

  // As after a failover: sessions end, and new ones reach a read-only server.
  await queryPostgres(
    elsewhere.href,
    `alter database ${name} set default_transaction_read_only = on`,
  );
  await queryPostgres(
    elsewhere.href,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  );
  const answers = [await change(), await change()];
  for (const { status, headers, text } of answers) {
    assert.equal(status, 503, text);
    assert.ok(Number(headers.get("retry-after")) > 0);
  }
  assert.match(answers[1]!.text, /Nothing can be saved/);
  const limited = await client.getJson("/email_exists?email=ada@example.org");
  assert.equal(limited.status, 503, "what cannot be counted is refused");
  assert.equal(await isReady(), false);

  // Earlier connections still lead to the read-only server.
  await queryPostgres(elsewhere.href, `alter database ${name} reset default_transaction_read_only`);
  const changed = await change();
  assert.equal(changed.status, 200, changed.text);
  while (!await isReady()) await pause(250);
}, { unpooled: "it is about the connections of the application itself", everyDatabase: true });
