import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { ImportReport } from "@/lib/domain/operation/import_users.ts";
import type { Services } from "@/lib/domain/services.ts";
import { findImage } from "@/lib/domain/images/images.ts";
import { findUserByLogin } from "@/lib/repo/users.ts";
import { databaseTest } from "../kit/databases.ts";
import { tempFolder } from "../kit/temp.ts";
import { redAndBlue } from "../storage/pictures.ts";
import {
  importCsv,
  importFile,
  importTables,
  lineOf,
  NO_PASSWORD,
  servicesOver,
  user,
  VECTOR,
} from "./flask.ts";

/** Returns accounts and profiles by username. */
async function importedBy({ db }: Services) {
  const rows = await db.selectFrom("users as u")
    .innerJoin("user_profiles as p", "p.user_id", "u.id")
    .selectAll("u")
    .select([
      "p.full_name",
      "p.bio",
      "p.zipcode",
      "p.phone",
      "p.website",
      "p.image",
      "p.email as contact",
    ])
    .orderBy("u.id").execute();
  return new Map(rows.map((row) => [row.username, row]));
}

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
);

databaseTest(
  "an import drops a zip code or phone that may not be one here, and reports what it was",
  async (database) => {
    const services = await servicesOver(database);
    const report = await importTables(services, {
      users: [user(1, "ada"), user(2, "bea")],
      user_profiles: [
        { id: 1, user: 1, zipcode: "@@@###", phone: "not a phone" },
        { id: 2, user: 2, zipcode: "SW1A 1AA", phone: "+44 (0)20/555-0100 x.7" },
      ],
    });
    const users = await importedBy(services);
    assert.deepEqual([users.get("ada")?.zipcode, users.get("ada")?.phone], ["", ""]);
    assert.deepEqual([users.get("bea")?.zipcode, users.get("bea")?.phone], [
      "SW1A 1AA",
      "+44 (0)20/555-0100 x.7",
    ]);
    const reasons = lineOf(report, 1)?.reasons.join() ?? "";
    assert.match(reasons, /zipcode: dropped "@@@###"/);
    assert.match(reasons, /phone: dropped "not a phone"/);
    assert.deepEqual(lineOf(report, 2)?.reasons, []);
  },
);

databaseTest(
  "a profile goes to the user whom it names, and never to the one with its own id",
  async (database) => {
    const services = await servicesOver(database);
    const report = await importTables(services, {
      users: [user(1, "ada"), user(2, "bea"), user(3, "cleo")],
      user_profiles: [
        { id: 1, user: 2, full_name: "Bea" },
        { id: 2, user: 99, full_name: "Nobody" },
        { id: 3, user: null, full_name: "Null" },
        { id: 4, user: 2, full_name: "Second of Bea" },
      ],
    });
    const users = await importedBy(services);
    assert.equal(users.get("ada")?.full_name, "");
    assert.equal(users.get("bea")?.full_name, "Bea");
    assert.equal(users.get("cleo")?.full_name, "");
    const profiles = report.lines.filter((line) => line.table === "user_profiles");
    assert.deepEqual(profiles.map((line) => [line.id, line.outcome, line.reasons[0]]), [
      ["2", "skipped", "The profile names user 99, who does not exist"],
      ["3", "skipped", "The profile names no user"],
      ["4", "skipped", "User 2 has a profile with a lower id, which was imported"],
    ]);
  },
);

databaseTest(
  "a profile whose user id several users have goes to none of them",
  async (database) => {
    const services = await servicesOver(database);
    const report = await importTables(services, {
      users: [user(5, "ada"), user(5, "bea")],
      user_profiles: [{ id: 1, user: 5, full_name: "Ada or Bea" }],
    });
    const users = await importedBy(services);
    assert.deepEqual([...users.values()].map((one) => one.full_name), ["", ""]);
    assert.match(report.lines.at(-1)?.reasons[0] ?? "", /several users have this id/);
  },
);

databaseTest(
  "of addresses that differ in case the lowest id keeps it, and nobody gets the other's data",
  async (database) => {
    const services = await servicesOver(database);
    const report = await importTables(services, {
      users: [
        user(10, "late", { email: "ADA@example.com", role: 1, password: null }),
        user(2, "early", { email: "ada@Example.com", status: 2 }),
      ],
      user_profiles: [
        { id: 1, user: 10, full_name: "Late" },
        { id: 2, user: 2, full_name: "Early" },
      ],
    });
    const users = await importedBy(services);
    assert.deepEqual([...users.keys()], ["early"]);
    assert.equal(users.get("early")?.full_name, "Early");
    assert.equal(users.get("early")?.status, "suspended");
    assert.equal(users.get("early")?.role, "user");
    assert.equal(lineOf(report, 10)?.outcome, "skipped");
    assert.match(lineOf(report, 10)?.reasons[0] ?? "", /^User 2 has the same address/);
  },
);

databaseTest(
  "equal names get a suffix, and a valid one goes first",
  async (database) => {
    const services = await servicesOver(database);
    const report = await importTables(services, {
      users: [
        user(1, "a b", { email: "1@example.com" }),
        user(2, "a-b", { email: "2@example.com" }),
        user(3, "A-B", { email: "3@example.com" }),
        user(4, "ａ-ｂ", { email: "4@example.com" }),
        user(5, "a-b-1", { email: "5@example.com" }),
        user(6, "李", { email: "6@example.com" }),
        user(7, "🚀🚀🚀", { email: "7@example.com" }),
        user(8, "", { email: "8@example.com" }),
        user(9, null, { email: "9@example.com" }),
        user(10, "x".repeat(70), { email: "10@example.com" }),
      ],
    });
    const names = new Map(
      [...(await importedBy(services)).values()].map((one) => [one.email, one.username]),
    );
    assert.deepEqual(Object.fromEntries(names), {
      "1@example.com": "a-b-1-2",
      "2@example.com": "a-b",
      "3@example.com": "A-B-3",
      "4@example.com": "ａ-ｂ-4",
      "5@example.com": "a-b-1",
      "6@example.com": "李-6",
      "7@example.com": "user-7",
      "8@example.com": "user-8",
      "9@example.com": "user-9",
      "10@example.com": "x".repeat(64),
    });
    assert.deepEqual(
      report.lines.filter((line) => line.outcome === "imported").map((line) => line.id),
      ["2", "5"],
    );
  },
);

databaseTest(
  "a user who exists already keeps name, address and data, and the report says so",
  async (database) => {
    const services = await servicesOver(database);
    await importTables(services, { users: [user(1, "ada", { password: null })] });
    const before = await importedBy(services);
    const report = await importTables(services, {
      users: [
        user(1, "ADA", { email: "other@example.com" }),
        user(2, "bea", { email: "Ada@example.com" }),
      ],
    });
    assert.deepEqual(await importedBy(services), before);
    assert.match(lineOf(report, 1)?.reasons[0] ?? "", /^The username ADA is taken here/);
    assert.match(
      lineOf(report, 2)?.reasons[0] ?? "",
      /^An account with the address Ada@example.com/,
    );
  },
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
});

databaseTest(
  "text that does not fit into a profile is cut, and the report contains the rest",
  async (database) => {
    const services = await servicesOver(database);
    const bio = "b".repeat(2_000);
    const report = await importTables(services, {
      users: [user(1, "ada")],
      user_profiles: [{
        id: 1,
        user: 1,
        bio: `${bio}the end`,
        email: "nowhere",
        website: "javascript:1",
      }],
    });
    const ada = (await importedBy(services)).get("ada");
    assert.equal(ada?.bio, bio);
    assert.equal(ada?.website, "");
    assert.equal(ada?.contact, "ada@example.com");
    const reasons = lineOf(report, 1)?.reasons.join("\n") ?? "";
    for (const lost of ['without "the end"', '"nowhere"', '"javascript:1"']) {
      assert.ok(reasons.includes(lost), lost);
    }
  },
);

databaseTest(
  "photos are imported from BLOBs, base64 and data URLs, and only bad ones are lost",
  async (database) => {
    const services = await servicesOver(database);
    const png = new Uint8Array(await redAndBlue("png"));
    const photos = [
      png,
      png.toBase64(),
      `data:image/png;base64,${png.toBase64()}`,
      `\\x${png.toHex()}`,
      new TextEncoder().encode(png.toBase64()),
      png.slice(0, 60),
      "/static/uploads/me.png",
      "/static/assets/img/user/avatar-5.jpg",
      new Uint8Array(),
    ];
    const report = await importTables(services, {
      users: photos.map((_, index) => user(index + 1, `user${index + 1}`)),
      user_profiles: photos.map((image, index) => ({ id: index + 50, user: index + 1, image })),
    });
    const users = [...(await importedBy(services)).values()];
    const [first] = users;
    assert.match(first?.image ?? "", /^\/images\/[0-9a-f]{64}\.webp$/);
    assert.deepEqual(
      users.map((one) => one.image),
      [...Array.from({ length: 5 }, () => first?.image), null, null, null, null],
    );
    const name = first?.image?.slice("/images/".length) ?? "";
    assert.equal((await findImage(services.db, services.images, name)).kind, "bytes");
    assert.equal(lineOf(report, 6)?.reasons[0], "image: left out, it is damaged");
    assert.match(lineOf(report, 7)?.reasons[0] ?? "", /is a file of the old server/);
    assert.deepEqual([8, 9].map((id) => lineOf(report, id)?.outcome), ["imported", "imported"]);
  },
);

const reasonsOf = (report: ImportReport, id: number) => lineOf(report, id)?.reasons.join() ?? "";

const withOwnAddress = (name: string, index: number) =>
  user(index + 1, name, { email: `${index + 1}@example.com` });

databaseTest("an imported name that had to change still signs in", async (database) => {
  const services = await servicesOver(database);
  const report = await importTables(services, {
    users: ["d'artagnan", "Bob", "bob", "аdmin"].map(withOwnAddress),
  });
  const { db } = services;
  const nameBy = async (login: string) => (await findUserByLogin(db, login))?.username;
  assert.equal(await nameBy("D'Artagnan"), "d-artagnan");
  assert.equal(await nameBy("bob"), "Bob");
  assert.equal(await nameBy("bob-3"), "bob-3");
  assert.equal(await nameBy("аdmin"), "user-4");
  assert.match(reasonsOf(report, 1), /signs in with the old name, the address or d-/);
  assert.match(reasonsOf(report, 3), /signs in with the address or bob-3/);
});

databaseTest("an import gives nobody a name that looks like another one", async (database) => {
  const services = await servicesOver(database);
  await importTables(services, { users: [user(9, "coco")] });
  const report = await importTables(services, {
    users: ["ivan", "сосо", "soso", "ѕоѕо"].map(withOwnAddress),
  });
  assert.equal(lineOf(report, 2)?.outcome, "skipped");
  assert.match(reasonsOf(report, 2), /looks like one that is in use here/);
  assert.equal(lineOf(report, 3)?.outcome, "imported");
  assert.match(reasonsOf(report, 4), /is in use here, or looks like one/);
  assert.ok((await importedBy(services)).has("ѕоѕо-4"));
});

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
);
