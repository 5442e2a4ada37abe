import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Tx } from "@/lib/db/database.ts";
import { SourceError } from "@/lib/import/source.ts";
import { openSource } from "@/lib/import/open_source.ts";
import { insertUser } from "@/lib/repo/users.ts";
import { databaseTest } from "../kit/databases.ts";
import { tempFolder } from "../kit/temp.ts";
import { importTables, lineOf, NO_PASSWORD, servicesOver, user } from "./flask.ts";

databaseTest("an import that fails half way has imported nobody", async (database) => {
  const services = await servicesOver(database);
  await database.db.schema.alterTable("audit_events").renameTo("away").execute();
  await assert.rejects(importTables(services, { users: [user(1, "ada"), user(2, "bea")] }));
  assert.deepEqual(await database.db.selectFrom("users").selectAll().execute(), []);
});

Deno.test("a file that is no installation is refused with a sentence that says what to do", async () => {
  await using folder = await tempFolder();
  const file = async (name: string, content: string | Uint8Array) => {
    const path = `${folder.path}/${name}`;
    await Deno.writeFile(
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    return path;
  };
  const fixture = await Deno.readFile("tests/fixtures/flask-datta-able.sqlite3");
  const refused: [string, RegExp][] = [
    [`${folder.path}/missing.sqlite3`, /name one that exists/],
    [await file("torn.sqlite3", fixture.slice(0, 5_000)), /give a whole SQLite file/],
    [await file("latin1.csv", Uint8Array.of(0x6e, 0xe9, 0x0a)), /save it as UTF-8/],
    [await file("empty.csv", ""), /is empty: export it again/],
    [await file("other.csv", "a,b\n1,2\n"), /needs columns username and email/],
    [await file("quote.csv", 'username,email\n"a,b\n'), /correct it/],
  ];
  for (const [path, message] of refused) {
    await assert.rejects(openSource(path), (error) => {
      assert.ok(error instanceof SourceError);
      assert.match(error.message, message);
      return true;
    });
  }
});

databaseTest(
  "a user who registers a name during an import keeps it",
  async (database) => {
    const services = await servicesOver(database);
    const { report } = await services.db.transaction().execute(async (tx) => {
      await insertUser(tx, {
        username: "ada",
        email: "new@example.com",
        password_hash: NO_PASSWORD,
      });
      const report = importTables(services, { users: [user(1, "ada"), user(2, "bea")] });
      // On the embedded database the import waits for this transaction from its first query.
      if (database.kind === "postgres") await somebodyWaits(tx);
      return { report };
    });
    assert.match(lineOf(await report, 1)?.reasons[0] ?? "", /^The username ada is taken here/);
    const rows = await services.db.selectFrom("users").select(["username", "email"])
      .orderBy("username").execute();
    assert.deepEqual(rows, [
      { username: "ada", email: "new@example.com" },
      { username: "bea", email: "bea@example.com" },
    ]);
  },
);

/** Waits until another connection waits for this transaction's locks. */
async function somebodyWaits(tx: Tx): Promise<void> {
  for (let waiting = 0; waiting === 0;) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from pg_locks where not granted
    `.execute(tx);
    waiting = rows[0]?.count ?? 0;
  }
}
