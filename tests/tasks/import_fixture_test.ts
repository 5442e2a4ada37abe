import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import type { AnonymousActor } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { ImportReport } from "@/lib/domain/operation/import_users.ts";
import type { Services } from "@/lib/domain/services.ts";
import { signIn } from "@/lib/domain/accounts/sign_in.ts";
import { jobKinds } from "@/lib/domain/jobs.ts";
import { BUILT_IN_HOOKS, type Hook } from "@/lib/repo/hooks.ts";
import { createJobRunner } from "@/lib/repo/job_runner.ts";
import { databaseTest } from "../kit/databases.ts";
import { importFile, servicesOver } from "./flask.ts";

const FIXTURES = "tests/fixtures";
const SQLITE = `${FIXTURES}/flask-datta-able.sqlite3`;

interface Credentials {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly status: string;
}

/** The fixture's 63 accounts with a password. */
async function readCredentials(): Promise<Credentials[]> {
  const text = await Deno.readTextFile(`${FIXTURES}/flask-datta-able-credentials.csv`);
  return parse(text, { columns: true });
}

/** Each sign-in uses a different address, so that no client reaches its limit. */
function strangerAt(host: number): AnonymousActor {
  const source = { requestId: "test", ip: `192.0.2.${host}`, userAgent: "test" };
  return { kind: "anonymous", source };
}

function lineFor(report: ImportReport, { username, email }: Credentials) {
  const line = report.lines.find((one) => one.username === username && one.email === email);
  assert.ok(line, `${username} is missing from the report`);
  return line;
}

async function hashOf({ db }: Services, userId: number): Promise<string> {
  const row = await db.selectFrom("users").select("password_hash").where("id", "=", userId)
    .executeTakeFirstOrThrow();
  return row.password_hash;
}

/** Returns the name with which an account signs in, according to the report. */
function reportedName(report: ImportReport, account: Credentials): string {
  const renamed = lineFor(report, account).reasons.map((reason) =>
    /signs in with the address or (.*)$/.exec(reason)?.[1]
  ).find(Boolean);
  return renamed ?? account.username;
}

databaseTest(
  "every account of the fixture signs in with its old password, or the report says why not",
  async (database) => {
    const services = await servicesOver(database);
    const report = await importFile(services, SQLITE);
    const accounts = await readCredentials();
    assert.equal(accounts.length, 63);
    const outcomes = { signedIn: 0, suspended: 0, skipped: 0 };
    for (const [index, account] of accounts.entries()) {
      const { password, status } = account;
      const line = lineFor(report, account);
      const attempt = (username: string) =>
        signIn(services, strangerAt(index), { username, password });
      if (line.outcome === "skipped") {
        assert.notEqual(line.reasons.join(), "", account.username);
        outcomes.skipped++;
      } else if (status === "2") {
        await assert.rejects(attempt(account.email.trim()), new DomainError("sign_in_failed"));
        outcomes.suspended++;
      } else {
        const { userId } = await attempt(reportedName(report, account));
        assert.match(await hashOf(services, userId), /^\$argon2id\$/, account.username);
        // With the address and the new hash.
        assert.equal((await attempt(account.email.trim())).userId, userId, account.username);
        outcomes.signedIn++;
      }
    }
    assert.deepEqual(outcomes, { signedIn: 55, suspended: 5, skipped: 3 });
  },
  { anyDatabase: true },
);

databaseTest(
  "suspended users of the fixture stay suspended, and nobody else is",
  async (database) => {
    const services = await servicesOver(database);
    await importFile(services, SQLITE);
    const rows = await services.db.selectFrom("users").select(["username", "status_reason"])
      .where("status", "=", "suspended").orderBy("id").execute();
    assert.deepEqual(rows.map((row) => row.username), [
      "mallory",
      "sybil",
      "trent",
      "N-Golo",
      "Ольга",
    ]);
    for (const row of rows) assert.equal(row.status_reason, "Suspended before the import");
  },
  { anyDatabase: true },
);

databaseTest(
  "profiles of the fixture come with their own users, and markup stays text",
  async (database) => {
    const services = await servicesOver(database);
    await importFile(services, SQLITE);
    const rows = await services.db.selectFrom("users as u")
      .innerJoin("user_profiles as p", "p.user_id", "u.id")
      .select([
        "u.username",
        "u.email",
        "p.full_name",
        "p.email as contact",
        "p.website",
        "p.image",
      ])
      .execute();
    assert.equal(rows.length, 60);
    const byName = new Map(rows.map((row) => [row.username, row]));
    assert.equal(byName.get("alice")?.full_name, "Alice Adams");
    assert.equal(byName.get("ALICE-49")?.full_name, "ALICE (name twin)");
    assert.equal(byName.get("b-bold-b")?.full_name, "<script>alert(1)</script>");
    assert.equal(byName.get("b-bold-b")?.website, "");
    assert.equal(byName.get("noprofile")?.contact, "noprofile@example.com");
    assert.deepEqual(rows.filter((row) => row.contact !== row.email), []);
    assert.deepEqual(rows.filter((row) => row.image !== null), []);
  },
  { anyDatabase: true },
);

databaseTest(
  "a second import of the fixture changes nothing and says that all are here",
  async (database) => {
    const services = await servicesOver(database);
    await importFile(services, SQLITE);
    const snapshot = () => services.db.selectFrom("users").selectAll().orderBy("id").execute();
    const before = await snapshot();
    const { lines } = await importFile(services, SQLITE);
    assert.deepEqual(await snapshot(), before);
    assert.deepEqual(lines.filter((line) => line.outcome !== "skipped"), []);
    assert.match(lines[0]?.reasons[0] ?? "", /exists already/);
  },
  { anyDatabase: true },
);

databaseTest(
  "roles, failed sign-ins and dates of the fixture come over, with a profile for each",
  async (database) => {
    const services = await servicesOver(database);
    await importFile(services, SQLITE);
    const { db } = services;
    const admins = await db.selectFrom("users").select("username").where("role", "=", "admin")
      .orderBy("id").execute();
    assert.deepEqual(admins.map((row) => row.username), ["admin", "second.admin"]);
    const niaj = await db.selectFrom("users").selectAll().where("username", "=", "niaj")
      .executeTakeFirstOrThrow();
    assert.equal(niaj.failed_logins, 3);
    assert.equal(niaj.created_at.toISOString(), "2026-11-23T02:31:58.321Z");
    assert.equal(niaj.updated_at.toISOString(), "2026-11-23T02:32:55.000Z");
    assert.equal(niaj.email_verified_at, null);
    const profiles = await db.selectFrom("user_profiles").select("full_name").execute();
    assert.equal(profiles.length, 60);
    const audited = await db.selectFrom("audit_events").select("actor_name")
      .where("action", "=", "import_users").execute();
    assert.equal(audited.length, 60);
    // The built-in hooks' work is done, and the application has no hooks of its own.
    assert.deepEqual(await db.selectFrom("jobs").select("id").execute(), []);
  },
  { anyDatabase: true },
);

databaseTest("an application's own hooks run for imported users", async (database) => {
  const services = await servicesOver(database);
  const welcomed: number[] = [];
  const welcome: Hook = {
    name: "welcome",
    on: "created",
    run: (_tx, userId) => Promise.resolve(void welcomed.push(userId)),
  };
  const hooks = [...BUILT_IN_HOOKS, welcome];
  const jobs = createJobRunner(services.db, services.log, jobKinds({ ...services, hooks }));
  await importFile({ ...services, jobs }, SQLITE);
  await jobs.runDue();
  assert.equal(new Set(welcomed).size, 60);
}, { anyDatabase: true });
