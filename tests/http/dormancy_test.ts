/** Users who have not signed in for long: two e-mails, then a suspension that can be taken back. */
import assert from "node:assert/strict";
import { type RawBuilder, sql } from "kysely";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { describeExport } from "@/lib/domain/users/export_users.ts";
import { listUserPage } from "@/lib/domain/users/read_users.ts";
import type { PersonView } from "@/lib/shared/person.ts";
import type { AuditLogView } from "@/lib/shared/operation_views.ts";
import type { UserListView } from "@/lib/shared/views.ts";
import { programOf } from "@/tests/kit/api_keys.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  logIn,
  type Person,
  type PersonOptions,
  signedIn,
} from "@/tests/kit/people.ts";

// Nothing can be sent, so that what is to be sent stays in the queue.
const MAIL = { SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "roster@example.org" };
const POLICY = { environment: { ...MAIL, DORMANT_AFTER_DAYS: "90" } };
const TASK = { kind: "task", name: "test" } as const;
const ROUNDS = 20;

/** Times of users that the tests move into the past. */
const TIMES = {
  users: ["last_login_at", "created_at", "suspended_until"],
  sessions: ["last_seen_at"],
  api_keys: ["last_used_at"],
  dormancy_warnings: ["warned_at", "reminded_at"],
} as const;

/** Lets days pass. */
async function pass({ services: { db } }: TestApp, days: number): Promise<void> {
  for (const [table, columns] of Object.entries(TIMES)) {
    const moved: RawBuilder<unknown>[] = columns.map((column) =>
      sql`${sql.id(column)} = ${sql.id(column)} - ${days}::int * interval '1 day'`
    );
    await sql`update ${sql.table(table)} set ${sql.join(moved)}`.execute(db);
  }
}

/** Somebody who last signed in some days ago. */
async function addQuiet(
  app: TestApp,
  username: string,
  days: number,
  options: PersonOptions = {},
): Promise<Person> {
  const last_login_at = new Date(Date.now() - days * 86_400_000);
  return await addPerson(app, username, {
    last_login_at,
    email_verified_at: last_login_at,
    ...options,
  });
}

const round = ({ services }: TestApp) => maintain(services);
const lettersOf = async ({ services: { db } }: TestApp) =>
  (await jobsOf(db)).filter(({ kind }) => kind === "letter").map(({ payload }) => payload?.about);
const statusOf = async (app: TestApp, person: Person) => {
  const { status, status_reason } = await accountOf(app, person);
  return [status, status_reason];
};

const SUSPENDED = ["suspended", "Not signed in for 90 days"];
const ACTIVE = ["active", null];

appTest("a dormant user gets e-mails 14 and 3 days before the suspension, all in the trail", async (
  app,
) => {
  const grace = await addQuiet(app, "grace", 75);
  const steps: readonly [days: number, letters: readonly string[], status: unknown][] = [
    [0, [], ACTIVE],
    [1, ["dormant_first"], ACTIVE],
    [10, ["dormant_first"], ACTIVE],
    [1, ["dormant_first", "dormant_last"], ACTIVE],
    [2, ["dormant_first", "dormant_last"], ACTIVE],
    [1, ["suspended"], SUSPENDED],
    [50, ["suspended"], SUSPENDED],
  ];
  for (const [index, [days, letters, status]] of steps.entries()) {
    await pass(app, days);
    await round(app);
    await round(app);
    // The attempt to send a warning to a suspended user ends it.
    const waiting = (await lettersOf(app)).filter((about) =>
      status === ACTIVE || about === "suspended"
    );
    assert.deepEqual(waiting, letters, `step ${index}`);
    assert.deepEqual(await statusOf(app, grace), status, `step ${index}`);
  }
  const admin = await signedIn(app, await addAdmin(app));
  const { text } = await admin.getJson(`/audit_log?target=${grace.user_id}`);
  const { entries } = JSON.parse(text) as AuditLogView;
  assert.deepEqual(entries.map(({ actor, action, reason }) => [actor, action, reason]), [
    ["task maintenance", "suspend_user", "Not signed in for 90 days"],
    ["task maintenance", "warn_dormant_user", null],
    ["task maintenance", "warn_dormant_user", null],
    ["task test", "create_user", null],
  ]);
}, { ...POLICY, everyDatabase: true });

appTest("signing in ends the countdown at any time, and so does a session in use", async (app) => {
  const people = {
    before: await addQuiet(app, "before", 76),
    between: await addQuiet(app, "between", 76),
    session: await addQuiet(app, "session", 76),
    nobody: await addQuiet(app, "nobody", 76),
  };
  const browser = await signedIn(app, people.session);
  await round(app);
  await pass(app, 5);
  assert.equal((await logIn(app.client(), "before")).status, 200);
  await pass(app, 6);
  await round(app);
  assert.equal((await logIn(app.client(), "between")).status, 200);
  await app.services.db.updateTable("sessions").set({ last_seen_at: new Date() })
    .where("user_id", "=", people.session.user_id).execute();
  await pass(app, 3);
  await round(app);
  const statuses = await Promise.all(
    Object.values(people).map(async (one) => (await accountOf(app, one)).status),
  );
  assert.deepEqual(statuses, ["active", "active", "active", "suspended"]);
  assert.equal((await browser.getJson("/profile")).status, 401, "the session itself is too old");
}, { ...POLICY });

appTest(
  "admins, users of API keys and whoever never had time to answer stay active",
  async (app) => {
    const admin = await addQuiet(app, "admin", 400, { role: "admin" });
    const byKey = await addQuiet(app, "bykey", 400);
    const oldKey = await addQuiet(app, "oldkey", 400);
    const support = await addQuiet(app, "helper", 400, { role: "support" });
    const never = await addPerson(app, "never", { created_at: new Date("2020-01-01") });
    const fresh = await addPerson(app, "fresh");
    const { db } = app.services;
    for (const [person, days] of [[byKey, 1], [oldKey, 200]] as const) {
      const program = await programOf(app, person);
      await db.updateTable("api_keys").set({
        last_used_at: new Date(Date.now() - days * 86_400_000),
      }).where("id", "=", program.key.key_id).execute();
    }
    await db.deleteFrom("sessions").execute();
    await db.updateTable("users").set({ last_login_at: new Date("2020-01-01") })
      .where("id", "in", [byKey.user_id, oldKey.user_id]).execute();
    const shown = await listUserPage(app.services, TASK, {
      dormant: "yes",
    });
    assert.deepEqual(shown.users.map(({ username }) => username), ["helper", "never", "oldkey"]);
    const exported = await describeExport(app.services, TASK, { dormant: "yes" });
    assert.equal(exported.users, 3);
    // The policy has just begun: everybody gets both e-mails first.
    for (const days of [0, 11, 2]) {
      await pass(app, days);
      await round(app);
      for (const one of [support, never, oldKey]) {
        assert.deepEqual(await statusOf(app, one), ACTIVE);
      }
    }
    await pass(app, 1);
    await round(app);
    for (const one of [support, never, oldKey]) {
      assert.deepEqual(
        await statusOf(app, one),
        SUSPENDED,
      );
    }
    for (const one of [admin, byKey, fresh]) assert.deepEqual(await statusOf(app, one), ACTIVE);
  },
  { ...POLICY, everyDatabase: true },
);

appTest("a suspension of a dormant user is taken back for another countdown", async (app) => {
  const grace = await addQuiet(app, "grace", 200);
  const boss = await addAdmin(app);
  const page = async () => {
    const admin = await signedIn(app, boss);
    const { text } = await admin.getJson(`/user?user_id=${grace.user_id}`);
    return (JSON.parse(text) as PersonView).remarks.filter((one) => one.startsWith("Dormant"));
  };
  for (const days of [0, 11, 3]) {
    assert.equal((await page()).length, days === 0 ? 0 : 1);
    await pass(app, days);
    await round(app);
  }
  assert.deepEqual(await statusOf(app, grace), SUSPENDED);
  const undone = await (await signedIn(app, boss)).sendJson("PUT", "/undo", {
    user_id: grace.user_id,
  });
  assert.equal(undone.status, 200, undone.text);
  for (const days of [0, 11, 2]) {
    await pass(app, days);
    await round(app);
    assert.deepEqual(await statusOf(app, grace), ACTIVE);
  }
  await pass(app, 1);
  await round(app);
  assert.deepEqual(await statusOf(app, grace), SUSPENDED);
}, { ...POLICY, everyDatabase: true });

appTest("several processes write each e-mail once and suspend once", async (app) => {
  const { db } = app.services;
  for (let index = 0; index < ROUNDS; index++) await addQuiet(app, `user${index}`, 200);
  for (const days of [0, 11, 3]) {
    await pass(app, days);
    await Promise.all([round(app), round(app), round(app)]);
  }
  for (const [action, times] of [["warn_dormant_user", 2], ["suspend_user", 1]] as const) {
    const entries = await db.selectFrom("audit_events").select("id").where("action", "=", action)
      .execute();
    assert.equal(entries.length, times * ROUNDS, action);
  }
  const suspended = (await lettersOf(app)).filter((about) => about === "suspended");
  assert.equal(suspended.length, ROUNDS);
  const { count } = await db.selectFrom("undo_log")
    .select((of) => of.fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
  assert.equal(Number(count), ROUNDS);
}, { ...POLICY, pooled: true });

appTest("without the policy nobody is written to, and the list shows who would be", async (app) => {
  const grace = await addQuiet(app, "grace", 400);
  const admin = await signedIn(app, await addAdmin(app));
  await app.services.db.insertInto("dormancy_warnings").values({ user_id: grace.user_id })
    .execute();
  await round(app);
  assert.deepEqual(await lettersOf(app), []);
  const left = await app.services.db.selectFrom("dormancy_warnings").selectAll().execute();
  assert.deepEqual(left, [], "a policy that begins again begins with the first e-mail");
  const { text } = await admin.getJson("/user_list?dormant=yes");
  const { users } = JSON.parse(text) as UserListView;
  assert.deepEqual(users.map(({ username }) => username), ["grace"]);
}, { environment: MAIL });
