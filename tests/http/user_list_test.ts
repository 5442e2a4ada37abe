import assert from "node:assert/strict";
import { sql } from "kysely";
import { openDatabase } from "@/lib/db/open_database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import type { UserListView } from "@/lib/shared/views.ts";
import { postgresAt } from "@/tests/kit/databases.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

async function list(client: TestClient, query: Record<string, string> = {}): Promise<UserListView> {
  const { status, text } = await client.getJson(`/user_list?${new URLSearchParams(query)}`);
  assert.equal(status, 200, text);
  return JSON.parse(text);
}

const names = ({ users }: UserListView) => users.map(({ username }) => username);

/** Many users without profiles, whose names do not follow the order of their ids. */
async function addCrowd({ services: { db } }: TestApp, count: number): Promise<void> {
  const users = Array.from({ length: count }, (_, index) => ({
    username: `person${(index * 37) % count}`,
    email: `p${index}@example.org`,
    password_hash: "none",
    created_at: new Date(Date.UTC(2024, 0, 1 + index % 7)),
    last_login_at: index % 3 === 0 ? new Date(Date.UTC(2025, 0, 1 + index % 5)) : null,
  }));
  await inTransaction(db, (tx) => insertUsers(tx, users));
}

appTest(
  "GET /user_list shows each user once, in every direction and order of pages",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    await addCrowd(app, 53);
    for (const key of ["username", "email", "created_at", "last_login_at"]) {
      for (const sort of [key, `-${key}`]) {
        const query = { sort, limit: "7" };
        const forward: string[][] = [];
        let page = await list(admin, query);
        assert.equal(page.previous, null);
        forward.push(names(page));
        while (page.next) {
          page = await list(admin, { ...query, after: page.next });
          forward.push(names(page));
        }
        const backward = [names(page)];
        while (page.previous) {
          page = await list(admin, { ...query, before: page.previous });
          backward.unshift(names(page));
        }
        assert.equal(new Set(forward.flat()).size, 54, sort);
        assert.equal(forward.flat().length, 54, sort);
        assert.deepEqual(backward.flat(), forward.flat(), sort);
      }
    }
  },
);

appTest("GET /user_list sorts up and down by the given key", async (app) => {
  const admin = await signedIn(app, await addAdmin(app, "mallory"));
  await addPerson(app, "Zoe", { email: "a@example.org", created_at: new Date("2020-01-01") });
  await addPerson(app, "ada", { email: "z@example.org", created_at: new Date("2021-01-01") });
  assert.deepEqual(names(await list(admin)), ["ada", "mallory", "Zoe"]);
  assert.deepEqual(names(await list(admin, { sort: "-username" })), ["Zoe", "mallory", "ada"]);
  assert.deepEqual(names(await list(admin, { sort: "email" })), ["Zoe", "mallory", "ada"]);
  assert.deepEqual(names(await list(admin, { sort: "created_at" })), ["Zoe", "ada", "mallory"]);
});

appTest(
  "GET /user_list searches names, addresses and full names for the literal text",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const people = [
      ["percent", "100% sure"],
      ["under_score", "a_b"],
      ["backslash", "C:\\temp"],
      ["quotes", `O'Hara "Bo"`],
      ["unicode", "Ærøskøbing 李小龍"],
    ] as const;
    for (const [username, full_name] of people) {
      const person = await addPerson(app, username);
      await admin.sendJson("PUT", "/edit_user", { user_id: person.user_id, full_name });
    }
    const found = async (q: string) => names(await list(admin, { q }));
    assert.deepEqual(await found("%"), ["percent"]);
    assert.deepEqual(await found("_"), ["under_score"]);
    assert.deepEqual(await found("\\"), ["backslash"]);
    assert.deepEqual(await found("'"), ["quotes"]);
    assert.deepEqual(await found('"bo"'), ["quotes"]);
    assert.deepEqual(await found("李小"), ["unicode"]);
    assert.deepEqual(await found("UNDER_"), ["under_score"]);
    assert.deepEqual(await found("percent@example"), ["percent"]);
    assert.deepEqual(await found("  percent  "), ["percent"]);
    assert.deepEqual(await found("' or 1=1 --"), []);
  },
);

appTest("GET /user_list finds edited and restored users, and no deleted ones", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "ada");
  await admin.sendJson("PUT", "/edit_user", { user_id, username: "grace", full_name: "Séan Ó" });
  const found = async (q: string) => names(await list(admin, { q }));
  assert.deepEqual(await found("SEAN O"), ["grace"]);
  assert.deepEqual(await found("grac"), ["grace"]);
  await admin.sendJson("DELETE", "/delete_user", { user_id });
  assert.deepEqual(await found("sean"), []);
  await admin.sendJson("PUT", "/restore_user", { user_id });
  assert.deepEqual(await found("sean"), ["grace"]);
}, { pooled: true });

appTest("a search that takes too long is answered 503 with what to do", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  // The embedded database has one session, so nobody can be in its way.
  if (app.database.url === undefined) return;
  const other = await openDatabase(postgresAt(app.database.url));
  const { status, headers, text } = await other.db.transaction().execute(async (tx) => {
    await sql`lock table user_search in access exclusive mode`.execute(tx);
    return await admin.getJson("/user_list?q=anybody");
  });
  await other.close();
  assert.equal(status, 503, text);
  assert.match(text, /narrow it/);
  assert.ok(Number(headers.get("retry-after")) > 0);
});

appTest("GET /user_list filters by role and status, and counts what it finds", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  await addPerson(app, "ada", { status: "suspended", role: "admin" });
  await addPerson(app, "grace", { status: "suspended" });
  await addPerson(app, "joan");
  const found = async (query: Record<string, string>) => {
    const page = await list(admin, query);
    assert.equal(page.estimated_total, page.users.length);
    return names(page);
  };
  assert.deepEqual(await found({ role: "admin" }), ["ada", "admin"]);
  assert.deepEqual(await found({ status: "suspended" }), ["ada", "grace"]);
  assert.deepEqual(await found({ status: "suspended", role: "user" }), ["grace"]);
  assert.deepEqual(await found({ status: "", role: "", q: "" }), ["ada", "admin", "grace", "joan"]);
});

appTest("GET /user_list refuses invalid filters with 422", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const queries = ["role=root", "status=gone", "sort=password_hash", "limit=0", "limit=101"];
  for (const query of [...queries, "limit=x", `q=${"a".repeat(101)}`]) {
    const answer = await admin.getJson(`/user_list?${query}`);
    assert.equal(answer.status, 422, query);
    assert.deepEqual(Object.keys(JSON.parse(answer.text).errors), [query.split("=")[0]]);
  }
});

appTest("the page of the list keeps its filters from page to page", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  await addCrowd(app, 60);
  const { text } = await admin.get("/user_list?q=person&sort=-email&limit=10");
  const next = /href="(\/user_list\?[^"]*after=[^"]*)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
  assert.ok(next);
  const query = new URL(next, app.origin).searchParams;
  assert.deepEqual(
    [query.get("q"), query.get("sort"), query.get("limit")],
    ["person", "-email", "10"],
  );
  assert.equal((await admin.get(next)).status, 200);
});

appTest(
  "GET /email_exists knows taken addresses, except for the user's own",
  async (app) => {
    const person = await addPerson(app, "grace", { email: "Grace@example.org" });
    const ask = async (email: string, user_id = "") => {
      const path = `/email_exists?${new URLSearchParams({ email, user_id })}`;
      return JSON.parse((await app.client().getJson(path)).text);
    };
    assert.deepEqual(await ask(" grace@EXAMPLE.org "), {
      email: "grace@EXAMPLE.org",
      valid: true,
      exists: true,
    });
    assert.equal((await ask("grace@example.org", String(person.user_id))).exists, false);
    assert.equal((await ask("ada@example.org")).exists, false);
    for (const email of ["", "grace", "grace@", "'", "a@b"]) {
      assert.deepEqual(await ask(email), { email, valid: false, exists: false });
    }
  },
);

appTest("GET /email_exists is rate-limited per client and says when to try again", async (app) => {
  const client = app.client();
  // All at once, because the bucket refills while a slow machine sends one by one.
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => client.getJson("/email_exists?email=a@example.org")),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 429]));
  for (const { status, headers } of answers) {
    if (status === 429) assert.ok(Number(headers.get("retry-after")) > 0);
  }
});
