import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { databaseTest } from "../kit/databases.ts";
import { tempFolder } from "../kit/temp.ts";
import {
  importCsv,
  importedBy,
  importFile,
  importTables,
  lineOf,
  NO_PASSWORD,
  reasonsOf,
  servicesOver,
  user,
  VECTOR,
} from "./flask.ts";

databaseTest(
  "an import copes with missing and additional columns",
  async (database) => {
    const services = await servicesOver(database);
    await importTables(services, {
      users: [{ ID: 7, USERNAME: "ada", Email: "ada@example.com" }],
    });
    const ada = (await importedBy(services)).get("ada");
    assert.equal(ada?.role, "user");
    assert.equal(ada?.status, "active");
    assert.equal(ada?.password_hash, NO_PASSWORD);
    assert.equal(ada?.contact, "ada@example.com");
  },
  { anyDatabase: true },
);

databaseTest(
  "an import reads service for website, user_id for user, and numbers written as text",
  async (database) => {
    const services = await servicesOver(database);
    await importTables(services, {
      users: [user(1, "ada", { role: "1", status: "2", failed_logins: "4", verified_email: "1" })],
      user_profiles: [{ id: 9, user_id: "1", service: "https://ada.example.com", phone: 5550100 }],
    });
    const ada = (await importedBy(services)).get("ada");
    assert.equal(ada?.role, "admin");
    assert.equal(ada?.status, "suspended");
    assert.equal(ada?.failed_logins, 4);
    assert.ok(ada?.email_verified_at);
    assert.equal(ada?.website, "https://ada.example.com");
    assert.equal(ada?.phone, "5550100");
  },
  { anyDatabase: true },
);

for (
  const [what, password] of Object.entries({
    "NULL": null,
    "of 0 bytes": new Uint8Array(),
    "in plain text": "secret",
    "cut short": VECTOR.hash.slice(0, 191),
    "of random bytes": new Uint8Array(192).fill(200),
  })
) {
  databaseTest(
    `a password column ${what} leaves an account that needs a new password`,
    async (database) => {
      const services = await servicesOver(database);
      const report = await importTables(services, { users: [user(1, "ada", { password })] });
      assert.equal((await importedBy(services)).get("ada")?.password_hash, NO_PASSWORD);
      assert.match(lineOf(report, 1)?.reasons[0] ?? "", /^password: none that can be imported/);
    },
    { anyDatabase: true },
  );
}

databaseTest("an unknown status suspends, and an unknown role makes no admin", async (database) => {
  const services = await servicesOver(database);
  const report = await importTables(services, {
    users: [user(1, "ada", { status: 3, role: "root" })],
  });
  const ada = (await importedBy(services)).get("ada");
  assert.equal(ada?.status, "suspended");
  assert.equal(ada?.role, "user");
  assert.equal(lineOf(report, 1)?.reasons.length, 2);
}, { anyDatabase: true });

databaseTest(
  "texts of a SQLite file that are not UTF-8 are read as windows-1252 and reported",
  async (database) => {
    const services = await servicesOver(database);
    const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
    await using folder = await tempFolder();
    const path = `${folder.path}/latin1.sqlite3`;
    {
      using sqlite = new DatabaseSync(path);
      sqlite.exec(
        "create table users (id, username, email); create table user_profiles (user, bio)",
      );
      const text = "cast(? as text)";
      sqlite.prepare(`insert into users values (1, ${text}, 'zoe@example.com')`).run(latin1("Zoë"));
      sqlite.prepare(`insert into user_profiles values (1, ${text})`).run(latin1("\x80 5 für Zoë"));
      sqlite.prepare("insert into users values (2, 'Žofie', 'zofie@example.com')").run();
    }
    const report = await importFile(services, path);
    const imported = await importedBy(services);
    assert.equal(imported.get("Zoë")?.bio, "€ 5 für Zoë");
    assert.match(
      reasonsOf(report, 1),
      /username: is not UTF-8.*bio: is not UTF-8 and was read as windows-1252/,
    );
    assert.doesNotMatch(reasonsOf(report, 2), /UTF-8|left out|the word/);
  },
  { anyDatabase: true },
);

databaseTest(
  "an import leaves out what it cannot read for certain, and reports it",
  async (database) => {
    const services = await servicesOver(database);
    const report = await importCsv(
      services,
      "sep=;\r\nid;username;email;bio;phone;date_created\r\n" +
        "1;ada;ada@example.com;None;NULL;10/03/2024 14:00\r\n" +
        "2;None;none@example.com;None of it;;2024-03-10 14:00\r\n",
    );
    const imported = await importedBy(services);
    assert.deepEqual([imported.get("ada")?.bio, imported.get("ada")?.phone], ["", ""]);
    assert.match(reasonsOf(report, 1), /date_created: left out, "10.03.2024 14:00" is not a time/);
    assert.match(reasonsOf(report, 1), /bio: the word None/);
    assert.match(reasonsOf(report, 1), /phone: the word NULL/);
    assert.doesNotMatch(reasonsOf(report, 2), /UTF-8|left out|the word/);
    assert.equal(imported.get("None")?.bio, "None of it");
    assert.equal(imported.get("None")?.created_at.toISOString(), "2024-03-10T14:00:00.000Z");
  },
  { anyDatabase: true },
);
