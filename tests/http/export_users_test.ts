/** The users that match a filter, as a CSV file. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { inTransaction } from "@/lib/db/transaction.ts";
import { exportUsers } from "@/lib/domain/users/export_users.ts";
import { insertUserTags } from "@/lib/repo/user_tags.ts";
import { upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import { EXPORT_COLUMNS } from "@/lib/shared/user_export.ts";
import type { AuditLogView } from "@/lib/shared/operation_views.ts";
import { csvFile } from "@/lib/web/streamed_file.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { Fields, TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

async function exported(client: TestClient, fields: Fields = {}): Promise<string> {
  const { status, headers, text } = await client.postForm("/export_users", fields);
  assert.equal(status, 200, text);
  assert.equal(headers.get("content-disposition"), 'attachment; filename="roster-users.csv"');
  return text;
}

type Row = Readonly<Record<string, string>>;

const rowsOf = (csv: string): Row[] => parse(csv, { columns: true, bom: true }) as Row[];

async function addCrowd({ services: { db } }: TestApp, count: number): Promise<void> {
  const users = Array.from({ length: count }, (_, index) => ({
    username: `person${(index * 37) % count}`,
    email: `p${index}@example.org`,
    password_hash: "none",
    role: index % 2 === 0 ? "user" as const : "admin" as const,
    created_at: new Date(Date.UTC(2024, 0, 1 + index % 7)),
  }));
  await inTransaction(db, (tx) => insertUsers(tx, users));
}

appTest(
  "an export has every user of its search and filters once, in the order of the list",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "zoe"));
    await addCrowd(app, 1_203);
    const cases: readonly [Fields, number][] = [
      [{}, 1_204],
      [{ sort: "-created_at" }, 1_204],
      [{ role: "user", sort: "email" }, 602],
      [{ q: "person1", role: "admin" }, 157],
      [{ q: "nobody like that" }, 0],
    ];
    for (const [fields, count] of cases) {
      const listed: string[] = [];
      const query = { ...fields, limit: "100" };
      for (let after: string | null = ""; after !== null;) {
        const path = `/user_list?${new URLSearchParams({ ...query, after })}`;
        const page = JSON.parse((await admin.getJson(path)).text);
        listed.push(...page.users.map(({ user_id }: { user_id: number }) => String(user_id)));
        after = page.next;
      }
      const rows = rowsOf(await exported(admin, fields));
      assert.equal(rows.length, count, JSON.stringify(fields));
      assert.deepEqual(rows.map(({ user_id }) => user_id), listed, JSON.stringify(fields));
    }
  },
);

appTest(
  "an export has account, profile and tags, no secret, and cells that no spreadsheet runs",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "ada"));
    const { user_id } = await addPerson(app, "-bo", { status: "suspended", status_reason: "@me" });
    const harmful = {
      full_name: '=HYPERLINK("x";"y")',
      bio: "Two\nlines; \"quoted\", and 'so'",
      address: "'=1+1",
      phone: "+49 30 1234",
      website: "",
    };
    await inTransaction(app.services.db, async (tx) => {
      await upsertUserProfile(tx, user_id, harmful);
      await insertUserTags(tx, ["vip", "new"].map((tag) => ({ user_id, tag })));
      // Older rules have let them in.
      await upsertUserProfile(tx, user_id, { zipcode: "\t=1" });
    });
    const csv = await exported(admin, { q: "-bo" });
    assert.match(csv, /^user_id,username,email,/);
    assert.doesNotMatch(csv, /argon2|hash|secret/);
    assert.deepEqual(csv.split("\r\n").length, 3, "lines end as RFC 4180 says");
    const [row, ...others] = rowsOf(csv);
    assert.deepEqual(others, []);
    assert.deepEqual(Object.keys(row!), EXPORT_COLUMNS);
    const { created_at, ...rest } = row!;
    assert.ok(Date.parse(created_at!) > 0);
    assert.deepEqual(rest, {
      user_id: String(user_id),
      username: "'-bo",
      email: "'-bo@example.org",
      email_verified: "false",
      role: "user",
      status: "suspended",
      status_reason: "'@me",
      suspended_until: "",
      locked_until: "",
      full_name: `'${harmful.full_name}`,
      contact_email: "'-bo@example.org",
      phone: "'+49 30 1234",
      website: "",
      address: "''=1+1",
      zipcode: "'\t=1",
      bio: harmful.bio,
      tags: "new vip",
      last_login_at: "",
    });
    const german = await exported(admin, { q: "-bo", separator: ";", bom: "1" });
    assert.match(german, /^user_id;username;email;/);
    assert.match(german, /;"'=HYPERLINK\(""x"";""y""\)";/);
  },
);

appTest(
  "the audit log has who exported which users, and how many",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "ada"));
    await addPerson(app, "bo", { status: "suspended" });
    await exported(admin, { q: "bo", status: "suspended", sort: "-email" });
    const { text } = await admin.getJson("/audit_log?action=export_users");
    const [entry, ...others] = (JSON.parse(text) as AuditLogView).entries;
    assert.deepEqual(others, []);
    assert.equal(entry?.actor, "ada");
    assert.deepEqual(entry?.notes, { users: "1", search: "bo", status: "suspended" });
    const { text: list } = await admin.get(
      "/user_list?q=bo&status=suspended&limit=50&density=compact",
    );
    const href = /href="(\/export_users[^"]*)"/.exec(list)?.[1]?.replaceAll("&amp;", "&");
    assert.equal(href, "/export_users?q=bo&status=suspended");
    assert.match((await admin.get(href!)).text, /tags of 1 user in the order.*Search: bo/s);
  },
);

appTest(
  "an export is read no further than its client takes it, and ends when the client leaves",
  async (app) => {
    await addCrowd(app, 5_000);
    let reads = 0;
    const services: TestApp["services"] = {
      ...app.services,
      readSlowly: (read) => {
        reads++;
        return app.services.readSlowly(read);
      },
    };
    const { rows } = await exportUsers(services, { kind: "task", name: "test" }, {});
    const ended = Promise.withResolvers<void>();
    async function* watched() {
      try {
        yield* rows;
      } finally {
        ended.resolve();
      }
    }
    const reader = csvFile("users.csv", EXPORT_COLUMNS, watched()).body!.getReader();
    for (let portion = 0; portion < 2; portion++) await reader.read();
    const taken = reads;
    await pause(100);
    assert.ok(reads - taken <= 3, `${reads - taken} portions wait for a client`);
    await reader.cancel();
    await ended.promise;
    assert.ok(reads - taken <= 4, "it goes on without its client");
  },
);
