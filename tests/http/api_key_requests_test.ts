/** What programs do with an API key. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import pino from "pino";
import type { Scope } from "@/lib/shared/api_keys.ts";
import { LIMITS } from "@/lib/domain/limits.ts";
import { askWith, type Program, programOf } from "@/tests/kit/api_keys.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { countQueries } from "@/tests/kit/counting.ts";
import { accountOf, addAdmin, addPerson, PASSWORD, signedIn } from "@/tests/kit/people.ts";

const statusOf = async ({ ask }: Program) => (await ask("GET", "/profile")).status;

appTest("a program with a key reads and edits its own user, without Origin", async (app) => {
  const ana = await addPerson(app, "ana");
  const { ask, key } = await programOf(app, ana);
  const profile = await ask("GET", "/profile");
  assert.equal(JSON.parse(profile.text).username, "ana");
  const { user_id } = ana;
  const edited = await ask("PUT", "/edit_user", { user_id, full_name: "Ana Bo" });
  assert.equal(edited.status, 200, edited.text);
  assert.equal(JSON.parse((await ask("GET", "/profile")).text).full_name, "Ana Bo");
  const [event] = await app.services.db.selectFrom("audit_events").selectAll()
    .where("action", "=", "edit_user").execute();
  assert.deepEqual([event?.actor_id, event?.actor_name], [user_id, "ana"]);
  assert.deepEqual(event?.details.api_key, { id: key.key_id, name: "backup" });
});

appTest("a key gets JSON whatever it accepts, and never a cookie or a page", async (app) => {
  const admin = await addAdmin(app);
  const { token } = await programOf(app, admin, ["self", "users:read", "users:write"]);
  const { user_id } = await addPerson(app, "grace");
  const headers = { authorization: `Bearer ${token}`, accept: "text/html" };
  for (const path of ["/profile", "/user_list", "/deleted_users", "/login", "/nothing"]) {
    const answer = await app.client().send(path, { headers });
    assert.match(answer.headers.get("content-type") ?? "", /json/, path);
    assert.deepEqual(answer.headers.getSetCookie(), []);
  }
  for (const path of ["/delete_user", "/update_status"]) {
    const answer = await app.client().send(`${path}?user_id=${user_id}`, { headers });
    assert.equal(answer.status, 406, path);
  }
});

appTest("no key changes how somebody signs in, or makes keys", async (app) => {
  const admin = await addAdmin(app);
  const { ask } = await programOf(app, admin, ["self", "users:read", "users:write"]);
  const before = await accountOf(app, admin);
  const { user_id } = admin;
  const refused: readonly (readonly [string, string, object?])[] = [
    ["GET", "/api_keys"],
    ["POST", "/api_keys", { name: "more", self: "1", days: "30" }],
    ["GET", "/sessions"],
    ["DELETE", "/sessions", { others: "1" }],
    ["GET", "/security"],
    ["GET", "/change_password"],
    ["POST", "/change_password", { current_password: PASSWORD, password: "x", password2: "x" }],
    ["POST", "/step_up", { password: PASSWORD }],
    ["POST", "/set_up_two_factor", {}],
    ["POST", "/recovery_codes", {}],
    ["POST", "/login", { username: "admin", password: PASSWORD }],
    ["POST", "/logout", {}],
    ["POST", "/activity", {}],
    ["GET", "/admin"],
    ["PUT", "/reset_two_factor", { user_id }],
    ["PUT", "/edit_user", { user_id, email: "new@example.org", current_password: PASSWORD }],
    ["PUT", "/edit_user", { user_id, username: "other" }],
    ["DELETE", "/delete_user", { user_id }],
    ["PUT", "/update_status", { user_id, status: "suspended" }],
  ];
  for (const [method, path, fields] of refused) {
    const answer = await ask(method, path, fields);
    assert.equal(answer.status, 403, `${method} ${path}: ${answer.text}`);
    assert.equal(
      answer.headers.get("www-authenticate"),
      'Bearer error="insufficient_scope"',
      `${method} ${path}`,
    );
  }
  assert.deepEqual(await accountOf(app, admin), before);
  const { length } = await app.services.db.selectFrom("api_keys").select("id").execute();
  assert.equal(length, 1);
});

const BAD_TOKENS = ["", "x", "roster_", `roster_${"0".repeat(43)}2KrmR7`, "a, Bearer b"];

appTest("a wrong key is 401 as RFC 6750 says, even beside the cookie of a session", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  for (const token of BAD_TOKENS) {
    const change = await admin.send("/update_status", {
      method: "PUT",
      headers: { "authorization": `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ user_id, status: "suspended" }),
    });
    assert.equal(change.status, 401, token);
    assert.equal(change.headers.get("content-type"), "application/problem+json");
    assert.equal(change.headers.get("www-authenticate"), 'Bearer error="invalid_token"');
    const headers = { authorization: `bearer ${token}`, accept: "text/html" };
    assert.equal((await admin.send("/profile", { headers })).status, 401, token);
  }
  const { status } = await accountOf(app, { user_id, username: "grace", email: "" });
  assert.equal(status, "active");
});

appTest("a key beside a cookie acts as the key's user, and not as the cookie's", async (app) => {
  const browser = await signedIn(app, await addAdmin(app));
  const { token } = await programOf(app, await addPerson(app, "ana"));
  const headers = { authorization: `Bearer ${token}` };
  assert.equal(JSON.parse((await browser.send("/profile", { headers })).text).username, "ana");
  assert.equal((await browser.send("/user_list", { headers })).status, 403);
});

appTest("another scheme is no key: the cookie counts, and so does the origin", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  for (const authorization of ["Basic cm9vdDpyb290", "BearerX y", "Digest x"]) {
    const headers = { authorization, "content-type": "application/json" };
    assert.equal((await admin.send("/user_list", { headers })).status, 200);
    const change = await admin.send("/update_status", {
      method: "PUT",
      headers,
      body: JSON.stringify({ user_id }),
    });
    assert.equal(change.status, 403);
  }
});

/** What ends a key, and whether another one of the same user goes on. */
const ENDS: Readonly<Record<string, (app: TestApp, program: Program, id: number) => unknown>> = {
  "is ended": async (app, { key }, id) => {
    const browser = await signedIn(app, { user_id: id, username: "", email: "" });
    await browser.sendJson("DELETE", "/api_keys", { key_id: key.key_id });
  },
  "has expired": ({ services }) =>
    services.db.updateTable("api_keys").set({ expires_at: sql<Date>`now()` }).execute(),
  "is of a user whose row says suspended": ({ services }, _, id) =>
    services.db.updateTable("users").set({ status: "suspended" }).where("id", "=", id).execute(),
  "is of a user whose row says demoted": ({ services }, _, id) =>
    services.db.updateTable("users").set({ role: "user" }).where("id", "=", id).execute(),
  "is of a suspended user": (app, _, id) =>
    change(app, "PUT", "/update_status", { user_id: id, status: "suspended" }),
  "is of a demoted user": (app, _, id) =>
    change(app, "PUT", "/edit_user", { user_id: id, role: "user" }),
  "is of a deleted user": (app, _, id) => change(app, "DELETE", "/delete_user", { user_id: id }),
};

async function change(app: TestApp, method: "PUT" | "DELETE", path: string, fields: object) {
  const boss = await signedIn(app, await addAdmin(app, "boss"));
  const answer = await boss.sendJson(method, path, fields);
  assert.equal(answer.status, 200, answer.text);
}

for (const [how, end] of Object.entries(ENDS)) {
  appTest(`a key that ${how} gets 401 at its next request`, async (app) => {
    const admin = await addAdmin(app);
    const program = await programOf(app, admin, ["self", "users:read"]);
    assert.equal(await statusOf(program), 200);
    await end(app, program, admin.user_id);
    assert.equal(await statusOf(program), 401);
    assert.equal((await program.ask("GET", "/user_list")).status, 401);
  });
}

appTest("a user who is suspended, or an admin who is demoted, gets no key back", async (app) => {
  const [ana, bo] = [await addPerson(app, "ana"), await addAdmin(app, "bo")];
  const [first, second] = [await programOf(app, ana), await programOf(app, bo)];
  const boss = await signedIn(app, await addAdmin(app, "boss"));
  for (const status of ["suspended", "active"]) {
    await boss.sendJson("PUT", "/update_status", { user_id: ana.user_id, status });
  }
  for (const role of ["user", "admin"]) {
    await boss.sendJson("PUT", "/edit_user", { user_id: bo.user_id, role });
  }
  assert.deepEqual([await statusOf(first), await statusOf(second)], [401, 401]);
});

appTest("a user who becomes an admin keeps keys, with no more scopes than before", async (app) => {
  const ana = await addPerson(app, "ana");
  const program = await programOf(app, ana);
  const boss = await signedIn(app, await addAdmin(app, "boss"));
  await boss.sendJson("PUT", "/edit_user", { user_id: ana.user_id, role: "admin" });
  assert.equal(await statusOf(program), 200);
  assert.equal((await program.ask("GET", "/user_list")).status, 403);
});

appTest(
  "a key that ends while it is used stays ended, and no later answer is good",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const browser = await signedIn(app, ana);
    const { db } = app.services;
    for (let round = 0; round < 20; round++) {
      const program = await programOf(app, ana);
      const edits = Array.from({ length: 5 }, (_, index) => {
        const fields = { user_id: ana.user_id, full_name: `${round} ${index}` };
        return program.ask("PUT", "/edit_user", fields);
      });
      const ended = browser.sendJson("DELETE", "/api_keys", { key_id: program.key.key_id });
      const answers = [...await Promise.all(edits), await ended];
      const statuses = answers.map(({ status }) => status);
      assert.ok(statuses.every((status) => [200, 401].includes(status)), String(statuses));
      assert.equal(statuses.at(-1), 200);
      assert.deepEqual(await db.selectFrom("api_keys").select("id").execute(), []);
      assert.equal(await statusOf(program), 401);
      // What was answered 401 has changed nothing: each change is in the trail.
      const { count } = await db.selectFrom("audit_events").where("action", "=", "edit_user")
        .select((of) => of.fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
      assert.equal(count, statuses.filter((status) => status === 200).length - 1);
      await db.deleteFrom("audit_events").execute();
    }
  },
);

appTest("a change of a key that ends meanwhile is refused in its transaction", async (app) => {
  const admin = await addAdmin(app);
  const grace = await addPerson(app, "grace");
  for (let round = 0; round < 20; round++) {
    const program = await programOf(app, admin, ["users:write"]);
    const browser = await signedIn(app, admin);
    const status = round % 2 === 0 ? "suspended" : "active";
    const [changed, ended] = await Promise.all([
      program.ask("PUT", "/update_status", { user_id: grace.user_id, status }),
      browser.sendJson("DELETE", "/api_keys", { key_id: program.key.key_id }),
    ]);
    assert.equal(ended.status, 200);
    const { status: now } = await accountOf(app, grace);
    assert.equal(now === status, changed.status === 200, `${changed.status} ${now}`);
    await app.services.db.updateTable("users").set({ status }).where("id", "=", grace.user_id)
      .execute();
  }
});

appTest("each key has its own limit, and wrong ones count for the client", async (app) => {
  const ana = await addPerson(app, "ana");
  const [busy, calm] = [await programOf(app, ana), await programOf(app, ana)];
  const { count } = LIMITS.apiKeyRequests;
  let answer = await busy.ask("GET", "/nothing");
  let sent = 1;
  // Some of the allowance comes back meanwhile.
  for (; answer.status === 404 && sent < 2 * count; sent++) {
    answer = await busy.ask("GET", "/nothing");
  }
  assert.equal(answer.status, 429);
  assert.ok(sent > count, String(sent));
  assert.ok(Number(answer.headers.get("retry-after")) >= 1);
  assert.equal(await statusOf(calm), 200);
  const ask = askWith(app, `${calm.token}0`);
  const statuses = new Set<number>();
  for (let sent = 0; sent <= LIMITS.wrongApiKeys.count; sent++) {
    statuses.add((await ask("GET", "/profile")).status);
  }
  assert.deepEqual([...statuses], [401, 429]);
  assert.equal(await statusOf(calm), 200);
});

let lines: string[] = [];

appTest("the log names the user and the number of the key, and never has the key", async (app) => {
  const ana = await addPerson(app, "ana");
  const { token, key, ask } = await programOf(app, ana);
  const { headers } = await ask("GET", "/profile");
  await askWith(app, `${token}0`)("GET", "/profile");
  const found = lines.map((line) => JSON.parse(line));
  const line = found.find(({ request_id }) => request_id === headers.get("x-request-id"));
  assert.deepEqual([line.user_id, line.api_key], [ana.user_id, key.key_id]);
  assert.ok(found.some(({ status, reason }) => status === 401 && reason === "key_invalid"));
  assert.deepEqual(lines.filter((text) => text.includes(token.slice(11))), []);
}, {
  adapt: () => {
    lines = [];
    return { log: pino({ level: "debug" }, { write: (line: string) => lines.push(line) }) };
  },
});

let queries: ReturnType<typeof countQueries>;

appTest("finding the user of a key costs one statement, and one more a minute", async (app) => {
  const { ask } = await programOf(app, await addPerson(app, "ana"));
  const costs = [];
  for (let round = 0; round < 3; round++) {
    const before = queries.count();
    assert.equal((await ask("GET", "/sessions")).status, 403);
    costs.push(queries.count() - before);
  }
  assert.deepEqual(costs, [2, 1, 1]);
}, {
  adapt: ({ db }) => {
    queries = countQueries(db);
    return { db: queries.db };
  },
});

const ALL_SCOPES: readonly Scope[] = ["self", "users:read", "users:write"];

appTest("the table of actions says what each scope of an admin's key may do", async (app) => {
  const admin = await addAdmin(app);
  const requests: Readonly<Record<string, readonly [string, string, object?]>> = {
    "see the own user": ["GET", "/profile"],
    "list users": ["GET", "/user_list"],
    "list deleted users": ["GET", "/deleted_users"],
    "see a user": ["GET", "/edit_user"],
    "edit a user": ["PUT", "/edit_user", { full_name: "Grace" }],
    "rename a user": ["PUT", "/edit_user", { username: "grace2" }],
    "make an admin": ["PUT", "/edit_user", { role: "admin" }],
    "suspend a user": ["PUT", "/update_status", { status: "suspended" }],
    "activate a user": ["PUT", "/update_status", { status: "active" }],
    "send a link": ["PUT", "/send_password_reset", {}],
    "delete a user": ["DELETE", "/delete_user", {}],
    "reset the second factor": ["PUT", "/reset_two_factor", {}],
  };
  const allowed: Record<string, string[]> = {};
  for (const scope of ALL_SCOPES) {
    const { ask } = await programOf(app, admin, [scope]);
    const person = await addPerson(app, `person${scope.replace(":", "")}`);
    allowed[scope] = [];
    for (const [name, [method, path, fields]] of Object.entries(requests)) {
      const { user_id } = person;
      const target = path === "/edit_user" && method === "GET"
        ? `${path}?user_id=${user_id}`
        : path;
      const { status } = await ask(method, target, fields && { ...fields, user_id });
      assert.ok(status === 200 || status === 403, `${name}: ${status}`);
      if (status === 200) allowed[scope].push(name);
    }
  }
  assert.deepEqual(allowed, {
    "self": ["see the own user"],
    "users:read": ["see the own user", "list users", "list deleted users", "see a user"],
    "users:write": [
      "edit a user",
      "rename a user",
      "make an admin",
      "suspend a user",
      "activate a user",
      "send a link",
      "delete a user",
    ],
  });
});
