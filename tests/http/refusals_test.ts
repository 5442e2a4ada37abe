/** Refused requests in the audit trail: a flood of them is one entry a minute. */
import assert from "node:assert/strict";
import { openLimits } from "@/lib/domain/limits.ts";
import { RateLimit } from "@/lib/domain/rate_limit.ts";
import { RefusalCount } from "@/lib/domain/refusals.ts";
import type { Services } from "@/lib/domain/services.ts";
import type { AuditEntryView } from "@/lib/shared/operation_views.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

/** Takes one address check a day, so that the second one is answered with 429. */
const strict = {
  adapt: ({ db, limits }: Services) => ({
    limits: {
      ...limits,
      emailChecks: new RateLimit(db, "emailChecks", { count: 1, windowSeconds: 86_400 }),
    },
  }),
};

async function refusalsOf(app: TestApp): Promise<AuditEntryView[]> {
  const admin = await signedIn(app, await addAdmin(app, `admin${crypto.randomUUID().slice(0, 8)}`));
  const { text } = await admin.getJson("/audit_log?action=access_denied");
  return JSON.parse(text).entries;
}

appTest(
  "answers of 401, 403 and 429 are one entry a client, route and minute, with a count",
  async (
    app,
  ) => {
    const ada = await addPerson(app, "ada");
    const browser = await signedIn(app, ada);
    const visitor = app.client();
    await Promise.all(Array.from({ length: 20 }, async () => {
      assert.equal((await browser.getJson("/user_list?q=secret")).status, 403);
      assert.equal(
        (await browser.sendJson("DELETE", "/delete_user", { user_id: 999 })).status,
        403,
      );
      assert.equal((await visitor.getJson("/profile")).status, 401);
    }));
    for (let sent = 0; sent <= 3; sent++) {
      await visitor.getJson(
        "/email_exists?email=a@example.org",
      );
    }
    assert.deepEqual(await refusalsOf(app), [], "no request writes");
    await app.services.refusals.write();
    const entries = await refusalsOf(app);
    const told = entries.map(({ actor, notes: { route, count, status, because } }) =>
      [actor, route, count, status, because].join(" ")
    );
    assert.deepEqual(told.toSorted(), [
      "ada /delete_user 20 403 forbidden",
      "ada /user_list 20 403 forbidden",
      "anonymous /email_exists 3 429 limit",
      "anonymous /profile 20 401 not_signed_in",
    ]);
    for (const { network, request_id, target_id } of entries) {
      assert.deepEqual([network, request_id?.length, target_id], ["127.0.0.1", 36, null]);
    }
  },
  { ...strict, everyDatabase: true },
);

appTest("processes share the minute of a client and route, and lose no refusal", async (app) => {
  const { db } = app.services;
  const ada = await addPerson(app, "ada");
  const source = { requestId: crypto.randomUUID(), ip: "192.0.2.1", userAgent: "" };
  const actor = { kind: "user", source, userId: ada.user_id, ...ada, role: "user", sessionId: 1 };
  const limits = [openLimits(db).refusals, openLimits(db).refusals];
  const processes = limits.map((limit) => new RefusalCount(db, limit));
  const refuse = () => {
    for (const process of processes) {
      process.add({ actor: actor as never, route: "/x", status: 403, reason: "forbidden" });
    }
  };
  const write = () => Promise.all(processes.map((process) => process.write()));
  const counts = async () => (await refusalsOf(app)).map(({ notes }) => Number(notes.count));
  for (let round = 0; round < 20; round++) {
    refuse();
    await write();
  }
  assert.deepEqual(await counts(), [1], "one minute");
  for (const limit of limits) await limit.refill([`user ${ada.user_id} /x`]);
  await write();
  for (const limit of limits) await limit.refill([`user ${ada.user_id} /x`]);
  await write();
  assert.deepEqual((await counts()).toSorted((a, b) => a - b), [1, 19, 20], "the next two");
  refuse();
  for (const limit of limits) await limit.refill([`user ${ada.user_id} /x`]);
  await db.deleteFrom("users").where("id", "=", ada.user_id).execute();
  await write();
  assert.equal((await counts()).length, 3, "nothing about an erased user");
});

appTest("a flood from many networks is a bounded number of entries, and all are counted", async (
  app,
) => {
  const { refusals, db } = app.services;
  for (let client = 0; client < 20_000; client++) {
    const ip = `10.0.${client >> 8 & 255}.${client & 255}`;
    const source = { requestId: "r", ip, userAgent: "" };
    const actor = { kind: "anonymous", source } as const;
    refusals.add({ actor, route: "/login", status: 401, reason: "sign_in_failed" });
  }
  await refusals.write();
  const entries = await db.selectFrom("audit_events").select("details")
    .where("action", "=", "access_denied").execute();
  assert.equal(entries.length, 501);
  const count = entries.reduce((sum, { details }) => sum + Number(details.count), 0);
  assert.equal(count, 20_000);
});
