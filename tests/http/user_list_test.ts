import assert from "node:assert/strict";
import { sql } from "kysely";
import { openDatabase } from "@/lib/db/open_database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { seedUsers } from "@/lib/domain/operation/seed_users.ts";
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
  { everyDatabase: true },
);

appTest("GET /user_list sorts up and down by the given key", async (app) => {
  const admin = await signedIn(app, await addAdmin(app, "mallory"));
  await addPerson(app, "Zoe", { email: "a@example.org", created_at: new Date("2020-01-01") });
  await addPerson(app, "ada", { email: "z@example.org", created_at: new Date("2021-01-01") });
  assert.deepEqual(names(await list(admin)), ["ada", "mallory", "Zoe"]);
  assert.deepEqual(names(await list(admin, { sort: "-username" })), ["Zoe", "mallory", "ada"]);
  assert.deepEqual(names(await list(admin, { sort: "email" })), ["Zoe", "mallory", "ada"]);
  assert.deepEqual(names(await list(admin, { sort: "created_at" })), ["Zoe", "ada", "mallory"]);
}, { everyDatabase: true });

appTest(
  "GET /user_list searches names, addresses and full names for the literal text",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const people = [
      ["percent", "100% sure", ["%", "percent@example", "  percent  "]],
      ["under_score", "a_b", ["_", "UNDER_"]],
      ["backslash", "C:\\temp", ["\\"]],
      ["quotes", `O'Hara "Bo"`, ["'", '"bo"']],
      ["unicode", "Ærøskøbing 李小龍", ["李小"]],
    ] as const;
    for (const [username, full_name] of people) {
      const person = await addPerson(app, username);
      await admin.sendJson("PUT", "/edit_user", { user_id: person.user_id, full_name });
    }
    const found = async (q: string) => names(await list(admin, { q }));
    for (const [username, , searches] of people) {
      for (const q of searches) assert.deepEqual(await found(q), [username], q);
    }
    assert.deepEqual(await found("' or 1=1 --"), []);
  },
  { everyDatabase: true },
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
}, { everyDatabase: true });

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
}, { everyDatabase: true });

appTest(
  "GET /user_list finds words in any order, ids, addresses and lists of them",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const asmith = await addPerson(app, "asmith", { email: "ann.smith@x.org" });
    const other = await addPerson(app, "annabel", { email: "ann.smithers@x.org.uk" });
    const { user_id } = asmith;
    await admin.sendJson("PUT", "/edit_user", { user_id, full_name: "Smith Ann" });
    const found = async (q: string) => names(await list(admin, { q })).toSorted();
    const both = ["annabel", "asmith"];
    for (const q of ["ann smi", "smi, ann"]) assert.deepEqual(await found(q), both, q);
    const exact = [
      `id:${user_id}`,
      "email:Ann.Smith@x.org",
      '"Smith Ann"',
      `#${user_id}`,
    ];
    for (const q of exact) assert.deepEqual(await found(q), ["asmith"], q);
    const lists = [`${user_id},${other.user_id}`, `user ${user_id}\n#${other.user_id}`];
    const addresses = "ann.smith@x.org ann.smithers@x.org.uk";
    for (const q of [...lists, addresses]) assert.deepEqual(await found(q), both, q);
    for (const q of ["id:x", 'email:"', '"smith', "*", "id:", "((", `id:${"9".repeat(30)}`]) {
      assert.deepEqual(await found(q), [], q);
    }
  },
  { everyDatabase: true },
);

appTest("GET /user_list filters by all that it knows of users, also together", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { db } = app.services;
  const person = async (username: string, values = {}) => {
    const { user_id } = await addPerson(app, username, values);
    return user_id;
  };
  const later = new Date(Date.now() + 600_000);
  await person("locked", { locked_until: later });
  await person("was-locked", { locked_until: new Date(0) });
  await person("confirmed", { email_verified_at: new Date() });
  await person("early", {
    created_at: new Date("2020-03-03T12:00Z"),
    last_login_at: new Date("2020-03-04T12:00Z"),
  });
  const owner = await person("owner");
  const token = {
    user_id: owner,
    name: "k",
    token_hash: "h",
    prefix: "p",
    scopes: ["self" as const],
  };
  await db.insertInto("api_keys").values({ ...token, expires_at: later }).execute();
  await db.insertInto("second_factors").values({ user_id: owner, turned_on_at: new Date() })
    .execute();
  await db.insertInto("passkeys").values({
    user_id: owner,
    credential_id: "c",
    public_key: "k",
    counter: 0,
    transports: "",
    name: "n",
    synced: false,
  }).execute();
  await db.insertInto("user_tags").values({ user_id: owner, tag: "vip" }).execute();
  await db.insertInto("invitations").values({
    email: "o@example.org",
    email_key: "o@example.org",
    role: "user",
    invited_by_name: "admin",
    expires_at: later,
    accepted_at: new Date(),
    accepted_by: owner,
  }).execute();
  const everybody = names(await list(admin));
  const check = async (query: Record<string, string>, expected: readonly string[]) => {
    const page = await list(admin, query);
    assert.deepEqual(names(page), expected, JSON.stringify(query));
    assert.equal(page.estimated_total, expected.length, JSON.stringify(query));
  };
  const pairs = {
    locked: ["locked"],
    second_factor: ["owner"],
    passkey: ["owner"],
    api_keys: ["owner"],
    invited: ["owner"],
  };
  for (const [name, expected] of Object.entries(pairs)) {
    await check({ [name]: "yes" }, expected);
    await check({ [name]: "no" }, everybody.filter((username) => !expected.includes(username)));
  }
  await check({ confirmed: "yes" }, ["confirmed"]);
  await check({ tag: "VIP" }, ["owner"]);
  await check({ signed_in_before: "2020-03-05" }, ["early"]);
  await check({ signed_in_before: "2020-03-04" }, []);
  await check({ signed_in_after: "2020-03-04", signed_in_before: "2020-03-05" }, ["early"]);
  await check({ joined_after: "2020-03-03T11:00Z", joined_before: "2020-03-04" }, ["early"]);
  await check({ signed_in: "yes", joined_before: "2021-01-01" }, ["early"]);
  await check({ signed_in: "never", locked: "yes", role: "user", status: "active" }, ["locked"]);
  await check({ q: "own", passkey: "yes", api_keys: "yes", second_factor: "yes" }, ["owner"]);
  const [locked] = (await list(admin, { locked: "yes" })).users;
  assert.deepEqual([locked?.status, locked?.locked_until], ["active", later.toISOString()]);
  const { text } = await admin.get("/user_list?locked=yes&joined_after=2020-01-01");
  assert.match(text, /Locked until/);
  assert.match(text, /<details[^>]* open/);
  assert.match(
    text,
    /href="\/user_list\?joined_after=2020-01-01"[^>]*><span[^>]*>Remove the filter/,
  );
  assert.match(text, /value="2020-01-01"/);
}, { everyDatabase: true });

appTest("GET /user_list says where its page is, forwards and from the end", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  await addCrowd(app, 24);
  const first = await list(admin, { limit: "10" });
  const second = await list(admin, { limit: "10", after: first.next! });
  const third = await list(admin, { limit: "10", after: second.next! });
  const last = await list(admin, { limit: "10", before: "end" });
  const back = await list(admin, { limit: "10", before: last.previous! });
  assert.deepEqual(
    [first, second, third, last, back].map((page) => page.first),
    [1, 11, 21, 16, 6],
  );
  assert.deepEqual([last.next, first.previous, last.users.length], [null, null, 10]);
  const html = async (path: string) => (await admin.get(path)).text;
  assert.match(await html(`/user_list?limit=10&after=${first.next}`), /11 to 20 of 25 users/);
  assert.match(await html("/user_list?limit=10"), /href="\/user_list\?before=end&amp;limit=10"/);
});

appTest("GET /user_list refuses invalid filters with 422", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const queries = [
    "role=root",
    "status=gone",
    "sort=password_hash",
    "limit=0",
    "limit=101",
    "locked=maybe",
    "joined_after=2025-02-30",
  ];
  for (const query of [...queries, "limit=x", `q=${"a".repeat(1_001)}`]) {
    const answer = await admin.getJson(`/user_list?${query}`);
    assert.equal(answer.status, 422, query);
    assert.deepEqual(Object.keys(JSON.parse(answer.text).errors), [query.split("=")[0]]);
  }
}, { everyDatabase: true });

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
}, { everyDatabase: true });

appTest("a page of 25 users with full names has at most 45 KB of HTML, 6 islands", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  await seedUsers(app.services, { kind: "task", name: "seed" }, { count: 200, seed: 1 });
  const { text } = await admin.get("/user_list");
  assert.equal(text.match(/<tr role="row" id="user_/g)?.length, 25);
  const islands = text.match(/<!--frsh:i/g)?.length ?? 0;
  assert.ok(islands > 0 && islands <= 6, `${islands} islands`);
  const weight = new TextEncoder().encode(text).length;
  assert.ok(weight <= 45_000, `${weight} bytes`);
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
  { everyDatabase: true },
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
}, { everyDatabase: true });
