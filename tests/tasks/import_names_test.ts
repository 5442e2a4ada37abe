import assert from "node:assert/strict";
import { findUserByLogin } from "@/lib/repo/users.ts";
import { databaseTest } from "../kit/databases.ts";
import { importedBy, importTables, lineOf, reasonsOf, servicesOver, user } from "./flask.ts";

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
  { anyDatabase: true },
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
  { anyDatabase: true },
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
  { anyDatabase: true },
);

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
}, { anyDatabase: true });

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
}, { anyDatabase: true });
