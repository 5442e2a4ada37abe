import assert from "node:assert/strict";
import pg from "pg";
import { postgres } from "./programs.ts";
import { createPostgresDatabase, startPostgres } from "./postgres.ts";

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

Deno.test({
  name: "startPostgres() gives databases that are copies of a template and go when disposed",
  ignore: !postgres.find(),
  async fn() {
    await using cluster = await startPostgres();
    await using template = await createPostgresDatabase(cluster.url);
    await ask(template.url, "create table seen as select 1 as n");
    {
      await using copy = await createPostgresDatabase(cluster.url, template.name);
      assert.deepEqual(await ask(copy.url, "select n from seen"), [{ n: 1 }]);
    }
    assert.deepEqual(
      await ask(cluster.url, "select datname from pg_database where datname like 'test%'"),
      [{ datname: template.name }],
    );
  },
});

Deno.test({
  name: "startPostgres() leaves no server running",
  ignore: !postgres.find(),
  async fn() {
    const url = await (async () => {
      await using cluster = await startPostgres();
      return cluster.url;
    })();
    await assert.rejects(ask(url, "select 1"), { code: "ECONNREFUSED" });
  },
});
