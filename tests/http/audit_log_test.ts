/** The audit log: what an entry tells, and how entries are found and taken out. */
import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { listAuditEntries } from "@/lib/repo/audit_log.ts";
import type { AuditEntryView, AuditLogView } from "@/lib/shared/operation_views.ts";
import { appTest } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";
import { planOf } from "@/tests/kit/plans.ts";

async function entriesOf(
  admin: TestClient,
  fields: Record<string, string | number> = {},
): Promise<readonly AuditEntryView[]> {
  const query = new URLSearchParams(Object.entries(fields).map(([k, v]) => [k, String(v)]));
  const { status, text } = await admin.getJson(`/audit_log?${query}`);
  assert.equal(status, 200, text);
  return (JSON.parse(text) as AuditLogView).entries;
}

const idsOf = (entries: readonly { readonly id: number }[]) => entries.map(({ id }) => id);

appTest("an entry of the audit log has time, people, way, reason, request and network", async (
  app,
) => {
  const ada = await addAdmin(app, "ada");
  const bo = await addPerson(app, "bo");
  const admin = await signedIn(app, ada);
  const { headers } = await admin.sendJson("PUT", "/update_status", {
    user_id: bo.user_id,
    status: "suspended",
    reason: "Left the company",
  });
  const [entry] = await entriesOf(admin, { target: "bo", action: "suspend_user" });
  assert.ok(entry);
  assert.equal(Math.abs(Date.now() - Date.parse(entry.at)) < 60_000, true);
  assert.deepEqual([entry.actor, entry.actor_id], ["ada", ada.user_id]);
  assert.deepEqual([entry.target, entry.target_id], ["bo", bo.user_id]);
  assert.deepEqual([entry.way, entry.real_actor], ["page", null]);
  assert.equal(entry.reason, "Left the company");
  assert.equal(entry.request_id, headers.get("x-request-id"));
  assert.equal(entry.network, "127.0.0.1");
  const [created] = await entriesOf(admin, { target: "bo", action: "create_user" });
  assert.deepEqual([created?.way, created?.actor], ["task", "task test"]);
});

appTest(
  "an entry of the audit log has each field before and after, but no secrets",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "ada"));
    const { user_id } = await addPerson(app, "bo");
    await admin.sendJson("PUT", "/edit_user", {
      user_id,
      email: "bo@example.com",
      full_name: "Bo Berg",
      bio: "Climbs",
    });
    await admin.sendJson("PUT", "/update_status", { user_id, status: "suspended", reason: "Spam" });
    const changesOf = async (action: string) => {
      const [entry] = await entriesOf(admin, { target: user_id, action });
      const { changes = [] } = entry ?? {};
      return Object.fromEntries(
        changes.map(({ field, before, after }) => [field, [before, after]]),
      );
    };
    assert.deepEqual(await changesOf("edit_user"), {
      email: ["bo@example.org", "bo@example.com"],
      contact_email: ["bo@example.org", "bo@example.com"],
      full_name: ["", "Bo Berg"],
      bio: ["", "Climbs"],
    });
    assert.deepEqual(await changesOf("suspend_user"), {
      status: ["active", "suspended"],
      status_reason: ["", "Spam"],
    });
    const [found] = await entriesOf(admin, { text: "bo@example.org" });
    assert.equal(found?.action, "edit_user", "who changed the address is found by the old one");
    await admin.sendJson("PUT", "/update_status", { user_id, status: "active" });
    const { text } = await admin.get(`/audit_log?target=${user_id}`);
    assert.doesNotMatch(text, /argon2/);
  },
);

appTest("the audit log says how long entries are kept, and when old ones were removed", async (
  app,
) => {
  const admin = await signedIn(app, await addAdmin(app, "ada"));
  assert.match((await admin.get("/audit_log")).text, /Nothing was old enough to be removed yet/);
  await addEntries(app.services.db, [{ at: "2020-01-01T10:00Z", target: [900, "kim"] }]);
  await maintain(app.services);
  const { text } = await admin.get("/audit_log");
  assert.match(text, /kept for 90 days, other entries for 730.*last removed on <time/s);
  assert.deepEqual(await entriesOf(admin, { target: 900 }), []);
});

interface Sample {
  readonly at?: string;
  readonly actor?: readonly [id: number, name: string];
  readonly real?: readonly [id: number, name: string];
  readonly action?: string;
  readonly target?: readonly [id: number, name: string];
  readonly ip?: string;
  readonly request?: string;
  readonly details?: object;
}

async function addEntries(db: Db, samples: readonly Sample[]): Promise<number[]> {
  const rows = await db.insertInto("audit_events").values(samples.map((sample) => ({
    ...(sample.at && { at: new Date(sample.at) }),
    actor_id: sample.actor?.[0] ?? null,
    actor_name: sample.actor?.[1] ?? "anonymous",
    real_actor_id: sample.real?.[0] ?? null,
    real_actor_name: sample.real?.[1] ?? null,
    action: sample.action ?? "edit_user",
    target_id: sample.target?.[0] ?? null,
    target_name: sample.target?.[1] ?? null,
    ip: sample.ip ?? null,
    request_id: sample.request ?? null,
    details: JSON.stringify(sample.details ?? {}),
  }))).returning("id").execute();
  return idsOf(rows);
}

const REQUEST = "0b5e7a1e-5a53-4d3c-9a52-2f6c1f0f7f10";

appTest(
  "filters of the audit log combine, and find by person, action, time, network and text",
  async (
    app,
  ) => {
    const admin = await signedIn(app, await addAdmin(app, "ada"));
    const { db } = app.services;
    const [a, b, c, d, e] = await addEntries(db, [
      { at: "2029-01-01T10:00Z", actor: [901, "kim"], target: [902, "lee"], ip: "192.0.2.1" },
      { at: "2029-01-02T10:00Z", actor: [901, "kim"], target: [903, "max"], ip: "192.0.2.17" },
      {
        at: "2029-01-03T10:00Z",
        actor: [902, "lee"],
        real: [901, "kim"],
        action: "suspend_user",
        target: [902, "lee"],
        ip: "2001:db8::7",
        details: { reason: "Spam, again" },
      },
      { at: "2029-01-04T10:00Z", target: [902, "lee"], action: "sign_in_failed", request: REQUEST },
      {
        at: "2029-01-05T10:00Z",
        actor: [904, "o'hara"],
        target: [904, "o'hara"],
        details: { changes: { email: ["old.one@example.org", "new@example.com"] } },
      },
    ]);
    const cases: readonly [Record<string, string | number>, readonly (number | undefined)[]][] = [
      [{ actor: 901 }, [c, b, a]],
      [{ actor: 902 }, [c]],
      [{ target: 902 }, [d, c, a]],
      [{ actor: 901, target: 902 }, [c, a]],
      [{ target: 902, action: "suspend_user" }, [c]],
      [{ from: "2029-01-02T00:00", until: "2029-01-04T00:00" }, [c, b]],
      [{ from: "2029-01-05T10:00" }, [e]],
      [{ until: "2029-01-01T10:01", target: 902 }, [a]],
      [{ network: "192.0.2.1" }, [a]],
      [{ network: "192.0.2." }, [b, a]],
      [{ network: "2001:db8::7" }, [c]],
      [{ text: "spam" }, [c]],
      [{ text: "AGA spa" }, [c]],
      [{ text: "old.one@example.org" }, [e]],
      [{ text: "o'hara" }, [e]],
      [{ text: REQUEST }, [d]],
      [{ text: "& | ! ' \\ :*", target: 903 }, [b]],
      // Nobody has this name any more, but the trail does.
      [{ actor: "kim" }, [c, b, a]],
      [{ text: "nothing like it" }, []],
    ];
    for (const [fields, expected] of cases) {
      assert.deepEqual(idsOf(await entriesOf(admin, fields)), expected, JSON.stringify(fields));
    }
  },
  { everyDatabase: true },
);

appTest(
  "pages of the audit log keep their filter, and leave out and repeat nothing",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "ada"));
    const ids = await addEntries(
      app.services.db,
      Array.from({ length: 60 }, (_, index) => ({ target: [900 + index % 2, "kim"] as const })),
    );
    const wanted = ids.filter((_, index) => index % 2 === 0).reverse();
    const page = (path: string) => admin.get(path);
    const first = await page("/audit_log?target=900");
    const next = /rel="next" href="([^"]+)"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&");
    assert.match(next ?? "", /^\/audit_log\?target=900&after=\d+$/);
    const shown = (text: string) => [...text.matchAll(/entry (\d+)/g)].map(([, id]) => Number(id));
    const second = await page(next!);
    assert.deepEqual([...shown(first.text), ...shown(second.text)], wanted);
    const back = /rel="prev" href="([^"]+)"/.exec(second.text)?.[1]?.replaceAll("&amp;", "&");
    assert.deepEqual(shown((await page(back!)).text), shown(first.text));
  },
);

appTest("an export has every entry of the filter, harmless cells, and an entry of its own", async (
  app,
) => {
  const admin = await signedIn(app, await addAdmin(app, "ada"));
  const changes = { full_name: ['=HYPERLINK("x")', "Kim, the\nsecond"] };
  const ids = await addEntries(app.services.db, [
    ...Array.from({ length: 1_200 }, () => ({ target: [900, "=kim"] as const })),
    { target: [900, "kim"], details: { changes, reason: "-1" } },
    { target: [901, "lee"] },
  ]);
  const wanted = ids.slice(0, -1).reverse();
  const csv = await admin.sendJson("POST", "/audit_log", { target: "900", format: "csv" });
  assert.equal(csv.status, 200, csv.text);
  assert.match(csv.headers.get("content-disposition") ?? "", /filename="roster-audit-log\.csv"/);
  const rows = parse(csv.text, { columns: true }) as Record<string, string>[];
  assert.deepEqual(rows.map(({ id }) => Number(id)), wanted);
  assert.equal(rows[0]?.changes, 'full_name: =HYPERLINK("x") -> Kim, the\nsecond');
  assert.deepEqual([rows[0]?.reason, rows[1]?.target], ["'-1", "'=kim"]);
  const lines = await admin.sendJson("POST", "/audit_log", { target: "900", format: "jsonl" });
  const values = lines.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(idsOf(values), wanted);
  assert.deepEqual(values[0].changes, [
    { field: "full_name", before: changes.full_name[0], after: changes.full_name[1] },
  ]);
  const exports = await entriesOf(admin, { action: "export_audit_log" });
  assert.deepEqual(exports.map(({ notes }) => notes), [
    { format: "jsonl", target: "900" },
    { format: "csv", target: "900" },
  ]);
});

const FILTERS = {
  none: {},
  actor: { actorId: 7 },
  target: { targetId: 7 },
  action: { action: "suspend_user" },
  time: { from: new Date("2029-03-01"), until: new Date("2029-03-02") },
  network: { network: "192.0.2.7" },
  text: { words: ["seldom"] },
  text_of_nobody: { words: ["nobody"] },
  text_and_action: { words: ["seldom"], action: "suspend_user" },
  actor_and_action: { actorId: 7, action: "suspend_user" },
  request: { requestId: REQUEST },
};

databaseTest("each filter of the audit log is served by an index", async ({ db }) => {
  await sql`
    insert into audit_events (at, actor_id, actor_name, action, target_id, target_name, ip, details)
    select timestamptz '2029-01-01' + i * interval '5 minutes', i % 500, 'user' || i % 500,
      case when i % 1000 = 0 then 'suspend_user' else 'sign_in' end, i % 700, 'user' || i % 700,
      '192.0.2.' || i % 250, case when i % 5000 = 0 then '{"reason": "seldom"}' else '{}' end::jsonb
    from generate_series(1, 20000) i
  `.execute(db);
  await sql`analyze audit_events`.execute(db);
  for (const [name, filter] of Object.entries(FILTERS)) {
    for (const cursor of [{}, { after: 10_000 }, { before: 10_000 }]) {
      const query = { limit: 25, ...cursor };
      const steps = await planOf(db, (on) => listAuditEntries(on, filter, query));
      const slow = steps.filter(({ type, rows }) =>
        type === "Seq Scan" || (type.includes("Sort") && rows > 200)
      );
      assert.deepEqual(slow, [], `${name} ${JSON.stringify(cursor)}`);
    }
  }
  // Both databases have the same planner.
}, { anyDatabase: true });
