import assert from "node:assert/strict";
import { appTest, mailAppTest } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { afterPassword, ageProofs, codeOf, turnOn } from "@/tests/kit/second_factor.ts";
import {
  addPasskey,
  ask,
  FLAGS,
  passkeyOrigin,
  passkeysOf,
  signInWith,
  SoftPasskey,
} from "@/tests/kit/soft_passkey.ts";

const BITWARDEN = "d548826e-79b4-db40-a3d8-11116f7e8349";

appTest("GET /passkeys shows name, when it was made and used, and if it is synced", async (app) => {
  const ana = await addPerson(app, "ana");
  const browser = await signedIn(app, ana);
  const [known, local] = [
    new SoftPasskey(passkeyOrigin(app), BITWARDEN),
    new SoftPasskey(passkeyOrigin(app)),
  ];
  const { mayBackUp, backedUp } = FLAGS;
  for (const [passkey, without] of [[known, 0], [local, mayBackUp | backedUp]] as const) {
    const credential = passkey.make(await ask(browser, "/passkeys"), { without });
    assert.equal((await browser.sendJson("POST", "/passkeys", { credential })).status, 201);
  }
  assert.equal((await signInWith(browser, known)).status, 200);
  const { passkeys } = JSON.parse((await browser.getJson("/passkeys")).text);
  const seen = passkeys.map((one: Record<string, unknown>) => [
    one.name,
    one.synced,
    typeof one.created_at,
    one.last_used_at === null,
  ]);
  assert.deepEqual(seen, [
    ["Bitwarden", true, "string", false],
    ["Passkey", false, "string", true],
  ]);
  const { text } = await browser.get("/passkeys");
  for (const words of ["Bitwarden", "Synced", "This device only", "Never"]) {
    assert.ok(text.includes(words), words);
  }
});

appTest(
  "a passkey is renamed, and another user's can be neither seen, renamed nor removed",
  async (app) => {
    const { browser, passkey_id } = await addPasskey(app, await addPerson(app, "ana"));
    const bo = await signedIn(app, await addPerson(app, "bo"));
    assert.equal((await bo.getJson("/passkeys")).text, '{"passkeys":[]}');
    const foreign = [
      await bo.sendJson("PUT", "/passkeys", { passkey_id, name: "Mine" }),
      await bo.sendJson("DELETE", "/passkeys", { passkey_id }),
    ];
    assert.deepEqual(foreign.map(({ status }) => status), [404, 404]);
    const renamed = await browser.sendJson("PUT", "/passkeys", { passkey_id, name: " My phone " });
    assert.equal(renamed.status, 200, renamed.text);
    assert.deepEqual((await passkeysOf(app)).map(({ name }) => name), ["My phone"]);
    for (const name of ["", "x".repeat(61), "a\u202Eb"]) {
      const { status } = await browser.sendJson("PUT", "/passkeys", { passkey_id, name });
      assert.equal(status, 422, name);
    }
    const form = { _method: "PUT", passkey_id: String(passkey_id), name: "" };
    const page = await browser.postForm("/passkeys", form);
    assert.equal(page.status, 422);
    assert.match(page.text, /Enter the name/);
  },
);

appTest(
  "what a browser is told of passkeys that exist keeps it from making them twice",
  async (app) => {
    const { browser, passkey } = await addPasskey(app, await addPerson(app, "ana"));
    const asked = JSON.parse((await browser.sendJson("POST", "/passkeys", {})).text);
    assert.deepEqual(asked.excludeCredentials, [
      { id: passkey.id, type: "public-key", transports: ["hybrid", "internal"] },
    ]);
    assert.equal(asked.attestation, "none");
    assert.equal(asked.rp.id, "localhost");
    assert.equal(asked.authenticatorSelection.residentKey, "required");
    assert.equal(asked.authenticatorSelection.userVerification, "required");
    const bo = await signedIn(app, await addPerson(app, "bo"));
    for (const client of [browser, bo]) {
      const credential = passkey.make(await ask(client, "/passkeys"));
      const answer = await client.sendJson("POST", "/passkeys", { credential });
      assert.equal(answer.status, 409, answer.text);
    }
    assert.equal((await passkeysOf(app)).length, 1);
  },
);

appTest("a new passkey is refused unless it answers what this session was asked", async (app) => {
  const ana = await addPerson(app, "ana");
  const [browser, other] = [await signedIn(app, ana), await signedIn(app, ana)];
  const passkey = new SoftPasskey(passkeyOrigin(app));
  const question = await ask(browser, "/passkeys");
  const signIn = { ...await ask(app.client(), "/passkey_login"), user: { id: "MQ" } };
  const refused = [
    passkey.make(question, { without: FLAGS.verified }),
    passkey.make(question, { without: FLAGS.present }),
    passkey.make(question, { origin: "https://evil.example" }),
    passkey.make(question, { rpId: "evil.example" }),
    passkey.make(question, { type: "webauthn.get" }),
    passkey.make(question, { challenge: "A".repeat(43) }),
    passkey.make(question, { format: "tpm" }),
    passkey.make(await ask(other, "/passkeys")),
    passkey.make(signIn, { rpId: "localhost" }),
  ];
  for (const [index, credential] of refused.entries()) {
    const { status } = await browser.sendJson("POST", "/passkeys", { credential });
    assert.equal(status, 422, String(index));
  }
  assert.deepEqual(await passkeysOf(app), []);
  const credential = passkey.make(question);
  assert.equal((await browser.sendJson("POST", "/passkeys", { credential })).status, 201);
  const again = new SoftPasskey(passkeyOrigin(app)).make(question);
  assert.equal((await browser.sendJson("POST", "/passkeys", { credential: again })).status, 422);
});

/** What no browser sends. */
const NONSENSE = [
  "none",
  "null",
  "[]",
  "{}",
  '{"id":"a","response":{"clientDataJSON":"e30"}}',
  '{"id":"a","response":{"clientDataJSON":5}}',
  JSON.stringify({
    id: "a",
    rawId: "a",
    type: "public-key",
    response: { clientDataJSON: btoa('{"challenge":"a"}'), attestationObject: "n".repeat(4_000) },
  }),
  "[".repeat(7_000),
  "x".repeat(8_001),
];

appTest("nonsense instead of a passkey's answer is a plain refusal everywhere", async (app) => {
  const ana = await addPerson(app, "ana");
  const { browser } = await turnOn(app, ana);
  await addPasskey(app, ana, browser);
  for (const credential of NONSENSE) {
    const second = await afterPassword(app, ana);
    const answers = [
      await app.client().sendJson("POST", "/passkey_login", { credential }),
      await second.sendJson("POST", "/two_factor", { credential }),
      await browser.sendJson("POST", "/step_up", { credential }),
      await browser.sendJson("POST", "/passkeys", { credential }),
    ];
    for (const { status, text } of answers) {
      assert.ok([401, 422].includes(status), `${status} ${credential.slice(0, 60)} ${text}`);
    }
  }
  const long = await browser.sendJson("POST", "/passkeys", { credential: "x".repeat(70_000) });
  assert.equal(long.status, 413);
});

appTest(
  "a user has at most 20 passkeys, also when they are added at the same time",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const browser = await signedIn(app, ana);
    const credentials = [];
    for (let i = 0; i < 25; i++) {
      credentials.push(new SoftPasskey(passkeyOrigin(app)).make(await ask(browser, "/passkeys")));
    }
    const answers = await Promise.all(
      credentials.map((credential) => browser.sendJson("POST", "/passkeys", { credential })),
    );
    const added = answers.filter(({ status }) => status === 201);
    assert.deepEqual([added.length, (await passkeysOf(app)).length], [20, 20]);
    assert.equal((await browser.sendJson("POST", "/passkeys", {})).status, 409);
  },
  { everyDatabase: true },
);

appTest("removing a passkey ends other sessions, and it signs in no more", async (app) => {
  const ana = await addPerson(app, "ana");
  const other = await signedIn(app, ana);
  const { browser, passkey, passkey_id } = await addPasskey(app, ana);
  assert.equal((await other.getJson("/profile")).status, 200, "adding one ends none");
  const form = { _method: "DELETE", passkey_id: String(passkey_id) };
  const removed = await browser.postForm("/passkeys", form);
  assert.deepEqual([removed.status, removed.headers.get("location")], [303, "/passkeys"]);
  assert.equal((await other.getJson("/profile")).status, 401);
  assert.equal((await browser.getJson("/profile")).status, 200);
  assert.equal((await signInWith(app.client(), passkey)).status, 401);
});

appTest("passkeys change only after a fresh proof of the user", async (app) => {
  const { browser, passkey_id } = await addPasskey(app, await addPerson(app, "ana"));
  await ageProofs(app, 16);
  const answers = [
    await browser.getJson("/passkeys"),
    await browser.sendJson("POST", "/passkeys", {}),
    await browser.sendJson("PUT", "/passkeys", { passkey_id, name: "Phone" }),
    await browser.sendJson("DELETE", "/passkeys", { passkey_id }),
    await browser.sendJson("POST", "/remove_password", {}),
  ];
  for (const { status, text } of answers) {
    assert.deepEqual([status, JSON.parse(text).next], [403, "/step_up"]);
  }
  await ageProofs(app, 6);
  const page = await browser.get("/passkeys");
  assert.deepEqual([page.status, page.headers.get("location")], [303, "/step_up?next=%2Fpasskeys"]);
});

appTest(
  "at a step-up any passkey or code is enough, and the plain password is not",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const { browser, secret } = await turnOn(app, ana);
    const { passkey } = await addPasskey(app, ana, browser);
    await ageProofs(app, 16);
    assert.equal((await browser.sendJson("POST", "/step_up", { password: PASSWORD })).status, 422);
    assert.equal((await browser.getJson("/passkeys")).status, 403);
    const credential = passkey.use(await ask(browser, "/step_up"));
    assert.equal((await browser.sendJson("POST", "/step_up", { credential })).status, 200);
    assert.equal((await browser.getJson("/passkeys")).status, 200);
    assert.equal((await browser.sendJson("POST", "/step_up", { credential })).status, 401, "again");
    await ageProofs(app, 16);
    const code = await codeOf(secret);
    assert.equal((await browser.sendJson("POST", "/step_up", { code })).status, 200);
  },
);

appTest("with a passkey and no authenticator, a step-up takes no password", async (app) => {
  const ana = await addPerson(app, "ana");
  const { browser, passkey } = await addPasskey(app, ana);
  await ageProofs(app, 16);
  const { text } = await browser.get("/step_up");
  assert.match(text, /Use a passkey to go on/);
  assert.equal(text.includes('name="password"'), false);
  assert.equal((await browser.sendJson("POST", "/step_up", { password: PASSWORD })).status, 422);
  const bo = await addPasskey(app, await addPerson(app, "bo"));
  const refused = [
    bo.passkey.use(await ask(browser, "/step_up"), { userHandle: undefined }),
    passkey.use(await ask(app.client(), "/passkey_login")),
    passkey.use(await ask(bo.browser, "/step_up")),
  ];
  for (const credential of refused) {
    assert.equal((await browser.sendJson("POST", "/step_up", { credential })).status, 401);
  }
  const credential = passkey.use(await ask(browser, "/step_up"));
  const proven = await browser.postForm("/step_up", { credential, next: "/passkeys" });
  assert.deepEqual([proven.status, proven.headers.get("location")], [303, "/passkeys"]);
  assert.equal((await logIn(app.client(), "ana")).status, 200, "the password still signs in");
});

appTest("a passkey is taken as the second step after the password", async (app) => {
  const ana = await addPerson(app, "ana");
  const { browser: owner } = await turnOn(app, ana);
  const { passkey } = await addPasskey(app, ana, owner);
  const bo = await addPasskey(app, await addPerson(app, "bo"));
  const browser = await afterPassword(app, ana);
  const refused = [
    bo.passkey.use(await ask(browser, "/two_factor")),
    passkey.use(await ask(await afterPassword(app, ana), "/two_factor")),
    passkey.use(await ask(app.client(), "/passkey_login")),
    passkey.use(await ask(browser, "/two_factor"), { without: FLAGS.verified }),
  ];
  for (const credential of refused) {
    const { status } = await browser.sendJson("POST", "/two_factor", { credential });
    assert.equal(status, 401);
  }
  assert.equal((await browser.getJson("/profile")).status, 401);
  const credential = passkey.use(await ask(browser, "/two_factor"));
  const done = await browser.sendJson("POST", "/two_factor", { credential });
  assert.equal(done.status, 200, done.text);
  assert.equal((await browser.getJson("/profile")).status, 200);
});

appTest("nothing is asked of a passkey before the right password", async (app) => {
  const { status } = await app.client().sendJson("POST", "/two_factor", { credential: "" });
  assert.equal(status, 401);
});

appTest("a reset by an admin removes authenticator and passkeys", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const ana = await addPerson(app, "ana");
  const { passkey, browser } = await addPasskey(app, ana);
  const reset = await admin.sendJson("PUT", "/reset_two_factor", { user_id: ana.user_id });
  assert.equal(reset.status, 200, reset.text);
  assert.deepEqual(await passkeysOf(app), []);
  assert.equal((await browser.getJson("/profile")).status, 401);
  assert.equal((await signInWith(app.client(), passkey)).status, 401);
});

mailAppTest(
  "each change of passkeys and password is told by e-mail and in the trail",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", { email_verified_at: new Date() });
    const { browser, passkey_id } = await addPasskey(app, ana);
    await browser.sendJson("PUT", "/passkeys", { passkey_id, name: "Phone" });
    await addPasskey(app, ana, browser);
    await browser.sendJson("DELETE", "/passkeys", { passkey_id });
    await browser.sendJson("POST", "/remove_password", {});
    const subjects = [
      /was added/,
      /was added/,
      /was removed and does not/,
      /password .* was removed/,
    ];
    for (const subject of subjects) {
      const { to, text } = await mailbox.next();
      assert.equal(to, ana.email);
      assert.match(text.replaceAll(/\s+/g, " "), subject);
    }
    const { db } = app.services;
    const events = await db.selectFrom("audit_events").select("action").where(
      "actor_id",
      "=",
      ana.user_id,
    )
      .orderBy("id").execute();
    assert.deepEqual(events.map(({ action }) => action), [
      "add_passkey",
      "rename_passkey",
      "add_passkey",
      "remove_passkey",
      "remove_password",
    ]);
  },
);

mailAppTest("an address that is not confirmed cannot add a passkey", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  assert.equal((await browser.sendJson("POST", "/passkeys", {})).status, 403);
});

appTest("without https and a host name there are no passkeys, and no link to them", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  const answers = [
    await app.client().sendJson("POST", "/passkey_login", {}),
    await browser.sendJson("POST", "/passkeys", {}),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [409, 409]);
  assert.equal((await app.client().get("/login")).text.includes("passkey"), false);
  assert.equal(JSON.parse((await browser.getJson("/security")).text).passkeys_offered, false);
}, { environment: { APP_URL: "http://192.0.2.1" } });
