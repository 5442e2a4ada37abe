import assert from "node:assert/strict";
import { sql } from "kysely";
import pino from "pino";
import { RateLimit } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { appTest } from "@/tests/kit/app.ts";
import type { Answer, TestClient } from "@/tests/kit/client.ts";
import { addPerson, PASSWORD, signedIn } from "@/tests/kit/people.ts";

const SECRET = "correct horse battery staple";
let lines: string[] = [];
const logged = {
  adapt: () => {
    lines = [];
    return { log: pino({ level: "debug" }, { write: (line: string) => lines.push(line) }) };
  },
};

appTest("the log has a line for every request, without secrets or addresses", async (app) => {
  const email = "grace.hopper@example.org";
  const browser = app.client();
  const answers = [
    await browser.postForm("/register", {
      username: "grace",
      email,
      password: SECRET,
      password2: SECRET,
    }),
    await browser.postForm("/login", { username: email, password: "a wrong one" }),
    await browser.postForm("/login", { username: email, password: SECRET }),
    await browser.getJson(`/email_exists?email=${email}`),
    await browser.get("/verify_email?token=token-of-a-letter"),
    await browser.postForm("/verify_email", { token: "token-of-a-letter" }),
  ];
  for (const { headers } of answers) {
    const id = headers.get("x-request-id");
    assert.equal(lines.filter((line) => JSON.parse(line).request_id === id).length, 1);
  }
  const token = browser.cookies().get("roster_session")!;
  for (const secret of [SECRET, "a wrong one", "token-of-a-letter", token, email, "argon2"]) {
    assert.deepEqual(lines.filter((line) => line.includes(secret)), [], secret);
  }
}, logged);

/** Refused requests, and the reason in the log. */
const REFUSED: readonly [
  reason: string,
  status: number,
  ask: (browser: TestClient, own: string) => Promise<Answer>,
][] = [
  ["csrf", 403, (browser) =>
    browser.send("/change_password", {
      method: "POST",
      headers: { origin: "https://evil.example" },
    })],
  ["limit", 429, (browser) => browser.getJson("/email_exists?email=ada@example.com")],
  ["upload", 415, (browser, own) => {
    const body = new FormData();
    body.set("user_id", own);
    body.set("image", new File(["<svg/>"], "me.svg"));
    const headers = { accept: "application/json", "sec-fetch-site": "same-origin" };
    return browser.send("/edit_user", { method: "PUT", headers, body });
  }],
  [
    "input",
    422,
    (browser, own) => browser.sendJson("PUT", "/edit_user", { user_id: own, website: "nowhere" }),
  ],
  [
    "input",
    422,
    (browser, own) => browser.sendJson("PUT", "/edit_user", { user_id: own, nonsense: "1" }),
  ],
  ["malformed", 400, (browser) =>
    browser.send("/edit_user", {
      method: "PUT",
      headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
      body: "{",
    })],
  ["method", 405, (browser) => browser.sendJson("DELETE", "/profile", {})],
  ["forbidden", 403, (browser) => browser.getJson("/user_list")],
];

appTest("a refused request is in the log with the reason and the user", async (app) => {
  const { user_id } = await addPerson(app, "ada");
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  await app.services.limits.emailChecks.take("127.0.0.1");
  for (const [reason, status, ask] of REFUSED) {
    const answer = await ask(browser, String(person.user_id));
    assert.equal(answer.status, status, `${reason}: ${answer.text}`);
    const id = answer.headers.get("x-request-id");
    const line = lines.map((one) => JSON.parse(one)).find(({ request_id }) => request_id === id);
    assert.deepEqual([line?.reason, line?.user_id], [reason, person.user_id]);
    assert.doesNotMatch(answer.text, /"reason"/);
  }
  const failed = await app.client().postForm("/login", {
    username: "ada",
    password: "a wrong one",
  });
  assert.equal(failed.status, 401, `user ${user_id}`);
  assert.equal(JSON.parse(lines.at(-1)!).reason, "sign_in_failed");
  await browser.get("/profile");
  assert.equal("reason" in JSON.parse(lines.at(-1)!), false);
}, {
  adapt: ({ db, limits }: Services) => ({
    ...logged.adapt(),
    limits: {
      ...limits,
      emailChecks: new RateLimit(db, "emailChecks", { count: 1, windowSeconds: 86_400 }),
    },
  }),
});

appTest(
  "an unexpected error is logged with its stack and the request id of the answer",
  async (app) => {
    const browser = await signedIn(app, await addPerson(app, "grace"));
    await app.services.db.schema.alterTable("user_profiles").renameTo("gone").execute();
    const answer = await browser.sendJson("POST", "/change_password", {
      current_password: PASSWORD,
      password: SECRET,
      password2: SECRET,
    });
    assert.equal(answer.status, 500);
    const id = answer.headers.get("x-request-id");
    const entries = lines.map((line) => JSON.parse(line)).filter(({ request_id }) =>
      request_id === id
    );
    assert.ok(entries.some(({ err }) => err?.stack?.includes("user_profiles")));
    assert.deepEqual(lines.filter((line) => line.includes(SECRET) || line.includes(PASSWORD)), []);
  },
  logged,
);

appTest(
  "an error of the error page itself is in the log, and nothing on the console",
  async (app) => {
    const answer = await app.client().get("/nowhere");
    assert.equal(answer.status, 500);
    assert.doesNotMatch(answer.text, /broken page/);
    const id = answer.headers.get("x-request-id");
    const entries = lines.map((line) => JSON.parse(line)).filter(({ request_id }) =>
      request_id === id
    );
    assert.deepEqual(
      entries.map(({ err, status }) => err?.message ?? status),
      ["broken page", 500],
    );
  },
  {
    adapt: ({ settings }: Services) => ({
      ...logged.adapt(),
      settings: {
        ...settings,
        get appName(): string {
          throw new Error("broken page");
        },
      },
    }),
  },
);

appTest("a failed statement is logged without its values", async (app) => {
  // One statement violates a constraint, the other has a bad parameter.
  for (
    const breakIt of [
      sql`alter table users add constraint nobody check (id < 0) not valid`,
      sql`alter table users rename column password_hash to secret`,
    ]
  ) {
    lines.length = 0;
    await breakIt.execute(app.services.db);
    const fields = { username: "grace", email: "grace.hopper@example.org" };
    const passwords = { password: SECRET, password2: SECRET };
    const answer = await app.client().sendJson("POST", "/register", { ...fields, ...passwords });
    assert.equal(answer.status, 500);
    const told = lines.join("");
    assert.match(told, /"message":".*(nobody|password_hash)/);
    assert.doesNotMatch(told, /argon2id|grace\.hopper/);
  }
}, logged);
