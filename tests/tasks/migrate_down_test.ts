import assert from "node:assert/strict";
import { findMigrationLoss } from "@/lib/db/migration_loss.ts";
import { listMigrations, migrateDown, migrateUp } from "@/lib/db/migrator.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { insertUser } from "@/lib/repo/users.ts";
import { databaseTest } from "../kit/databases.ts";
import { commandTest } from "./command.ts";

databaseTest(
  "findMigrationLoss() counts what rolling back would lose, and loses nothing",
  async ({ db }) => {
    await inTransaction(
      db,
      (tx) => insertUser(tx, { username: "ada", email: "ada@example.com", password_hash: "!" }),
    );
    const first = (await listMigrations(db))[0]?.name;
    for (let loss; (loss = await findMigrationLoss(db)) !== undefined; await migrateDown(db)) {
      if (loss.migration !== first) {
        continue;
      }
      const rows = new Map(loss.parts.map((part) => [part.name, part.rows]));
      assert.deepEqual([rows.get("users"), rows.get("sessions")], [1, 0]);
      assert.equal((await db.selectFrom("users").select("id").execute()).length, 1);
    }
    assert.deepEqual((await migrateUp(db))[0], first);
  },
);

const PRODUCTION = { APP_ENV: "production", APP_URL: "https://people.example.com" };

commandTest("migrate down refuses to run while a server is connected", async (shell) => {
  // The test has a connection, like a server.
  await listMigrations(shell.db);
  const { code, stderr } = await shell.run(["migrate", "down", "--yes"]);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /uses the database: stop it first, or say --while-running/);
});

commandTest("migrate down requires --yes, and in production the database's name", async (shell) => {
  const down = (args: string[], env = {}) =>
    shell.run(["migrate", "down", "--while-running", ...args], { env });
  const applied = async () =>
    (await listMigrations(shell.db)).filter(({ appliedAt }) => appliedAt).length;
  const before = await applied();
  const asked = await down([]);
  assert.equal(asked.code, 2);
  assert.match(asked.stdout, /loses/);
  const unnamed = await down(["--yes"], PRODUCTION);
  assert.equal(unnamed.code, 2);
  const name = /--database (\S+?):? /.exec(unnamed.stderr)?.[1] ?? "";
  assert.ok(name, unnamed.stderr);
  assert.equal((await down(["--yes", "--database", "another"], PRODUCTION)).code, 1);
  assert.equal(await applied(), before);
  const done = await down(["--yes", "--database", name], PRODUCTION);
  assert.equal(done.code, 0, done.stderr);
  assert.equal(await applied(), before - 1);
});
