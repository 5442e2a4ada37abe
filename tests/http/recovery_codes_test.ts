import assert from "node:assert/strict";
import pino from "pino";
import { appTest, mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import { tokenIn } from "@/tests/kit/mailbox.ts";
import { addAdmin, addPerson, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { afterPassword, ageProofs, codeOf, sendCode, turnOn } from "@/tests/kit/second_factor.ts";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";

const VERIFIED = { email_verified_at: new Date() };

appTest(
  "there are 10 recovery codes of 80 bits, and the database has their hashes",
  async (app) => {
    const { codes } = await turnOn(app, await addPerson(app, "ana"));
    assert.equal(new Set(codes).size, 10);
    for (const code of codes) assert.match(code, /^([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}$/);
    const rows = await app.services.db.selectFrom("recovery_codes").select("code_hash").execute();
    assert.equal(rows.length, 10);
    for (const { code_hash } of rows) assert.match(code_hash, /^[0-9a-f]{64}$/);
  },
);

appTest("a recovery code signs in once, also for 20 at the same time", async (app) => {
  const ana = await addPerson(app, "ana");
  const { codes } = await turnOn(app, ana);
  const browsers = await Promise.all(Array.from({ length: 20 }, () => afterPassword(app, ana)));
  const answers = await Promise.all(browsers.map((browser) => sendCode(browser, codes[0]!)));
  const done = answers.filter(({ status }) => status === 200);
  assert.equal(done.length, 1);
  assert.equal(JSON.parse(done[0]!.text).recovery_codes_left, 9);
}, { everyDatabase: true });

appTest(
  "a recovery code is taken in small letters, with spaces or without hyphens",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const { codes } = await turnOn(app, ana);
    const spellings = [
      codes[0]!.toLowerCase(),
      codes[1]!.replaceAll("-", ""),
      ` ${codes[2]!.replaceAll("-", " ")} `,
    ];
    for (const code of spellings) {
      assert.equal((await sendCode(await afterPassword(app, ana), code)).status, 200, code);
    }
  },
);

appTest("the codes of somebody else do not work", async (app) => {
  const [ana, bo] = [await addPerson(app, "ana"), await addPerson(app, "bo")];
  const { codes } = await turnOn(app, bo);
  await turnOn(app, ana);
  assert.equal((await sendCode(await afterPassword(app, ana), codes[0]!)).status, 422);
});

mailAppTest("a used recovery code is told by e-mail", async (app, mailbox) => {
  const ana = await addPerson(app, "ana", VERIFIED);
  const { codes } = await turnOn(app, ana);
  const first = await mailbox.next();
  assert.match(first.text, /Two-factor sign-in is on/);
  assert.equal((await sendCode(await afterPassword(app, ana), codes[0]!)).status, 200);
  const letter = await mailbox.next();
  assert.match(letter.text, /A recovery code of your account ana at Roster was used/);
  assert.equal(tokenIn(letter), "", "no link that signs in");
});

appTest("new codes end the old ones", async (app) => {
  const ana = await addPerson(app, "ana");
  const { codes: old, browser } = await turnOn(app, ana);
  const answer = await browser.sendJson("POST", "/recovery_codes", {});
  const { recovery_codes: codes } = JSON.parse(answer.text);
  assert.equal(codes.length, 10);
  const waiting = await afterPassword(app, ana);
  assert.equal((await sendCode(waiting, old[0]!)).status, 422);
  assert.equal((await sendCode(waiting, codes[0])).status, 200);
});

/** Leaves a user that many recovery codes. */
async function keepCodes({ services: { db } }: TestApp, count: number): Promise<void> {
  const rows = await db.selectFrom("recovery_codes").select("code_hash").limit(count).execute();
  const kept = ["", ...rows.map(({ code_hash }) => code_hash)];
  await db.deleteFrom("recovery_codes").where("code_hash", "not in", kept).execute();
}

appTest(
  "/security says how many codes are left, and offers new ones when they are few",
  async (app) => {
    const { browser } = await turnOn(app, await addPerson(app, "ana"));
    assert.match((await browser.get("/security")).text, /You have not said yet that you stored/);
    const stored = await browser.postForm("/recovery_codes", { done: "1", stored: "1" });
    assert.equal(stored.status, 303);
    const texts: [number, RegExp][] = [
      [4, />4 left</],
      [3, /Few recovery codes are left/],
      [0, /You have no recovery codes left/],
    ];
    for (const [count, text] of texts) {
      await keepCodes(app, count);
      assert.match((await browser.get("/security")).text, text);
    }
  },
);

appTest("the codes do not count as stored without the tick", async (app) => {
  const { browser } = await turnOn(app, await addPerson(app, "ana"));
  const answer = await browser.postForm("/recovery_codes", { done: "1" });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /Tick this once you have stored them/);
  assert.equal(JSON.parse((await browser.getJson("/security")).text).codes_stored, false);
});

appTest(
  "a session opened by a recovery code turns two-factor sign-in off without the device",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const { codes } = await turnOn(app, ana);
    const browser = await afterPassword(app, ana);
    await sendCode(browser, codes[0]!);
    await ageProofs(app, 60);
    assert.equal((await browser.sendJson("POST", "/turn_off_two_factor", {})).status, 403);
    const proven = await browser.sendJson("POST", "/step_up", { password: PASSWORD });
    assert.equal(proven.status, 200, proven.text);
    const off = await browser.sendJson("POST", "/turn_off_two_factor", {});
    assert.equal(off.status, 200, off.text);
    assert.equal(
      (await app.client().sendJson("POST", "/login", { username: "ana", password: PASSWORD }))
        .status,
      200,
    );
  },
);

appTest("the sign-in asks for the authenticator first, whatever was made last", async (app) => {
  const ana = await addPerson(app, "ana");
  const { browser } = await turnOn(app, ana);
  await browser.sendJson("POST", "/recovery_codes", {});
  const { text } = await (await afterPassword(app, ana)).get("/two_factor");
  assert.match(text, /Code of your authenticator/);
  assert.match(text, /href="\/two_factor\?by=recovery_code"/);
});

mailAppTest(
  "turning it off ends other sessions and challenges, and an e-mail says so",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    const { secret, browser } = await turnOn(app, ana);
    await mailbox.next();
    const other = await afterPassword(app, ana);
    assert.equal((await sendCode(other, await codeOf(secret))).status, 200);
    const waiting = await afterPassword(app, ana);
    assert.equal((await browser.sendJson("POST", "/turn_off_two_factor", {})).status, 200);
    assert.equal((await browser.getJson("/profile")).status, 200);
    assert.equal((await other.getJson("/profile")).status, 401);
    assert.equal((await sendCode(waiting, await codeOf(secret, 1))).status, 401);
    assert.match((await mailbox.next()).text, /second factor of your account ana .* was removed/s);
  },
);

mailAppTest(
  "an admin resets the second factor of another user, but not their own",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    const { browser } = await turnOn(app, ana);
    await mailbox.next();
    const waiting = await afterPassword(app, ana);
    const boss = await addAdmin(app);
    const admin = await signedIn(app, boss);
    const reset = (user_id: number) => admin.sendJson("PUT", "/reset_two_factor", { user_id });
    assert.equal((await reset(boss.user_id)).status, 409);
    assert.equal((await reset(ana.user_id)).status, 200);
    assert.equal((await browser.getJson("/profile")).status, 401);
    assert.equal((await waiting.getJson("/two_factor")).status, 401);
    assert.equal((await reset(ana.user_id)).status, 409);
    const told = (await mailbox.next()).text;
    assert.match(told, /second factor and all passkeys of your account ana .* were removed/s);
  },
);

let lines: string[] = [];
const logged = {
  adapt: () => {
    lines = [];
    return { log: pino({ level: "debug" }, { write: (line: string) => lines.push(line) }) };
  },
};

appTest(
  "no secret, code or token of a second factor is readable in a table or the log",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const { secret, codes, browser } = await turnOn(app, ana);
    const begun = JSON.parse((await browser.sendJson("POST", "/set_up_two_factor", {})).text);
    const waiting = await afterPassword(app, ana);
    const typed = await codeOf(secret);
    assert.equal((await sendCode(waiting, codes[0]!.toLowerCase())).status, 200);
    const challenge = [...(await afterPassword(app, ana)).cookies().values()][0]!;
    const { db } = app.services;
    const tables = await db.introspection.getTables();
    const rows = await Promise.all(
      tables.map(({ name }) => db.selectFrom(name as "users").selectAll().execute()),
    );
    const everything = JSON.stringify(
      rows,
      (_, value) => typeof value === "bigint" ? `${value}` : value,
    )
      .toUpperCase();
    const log = lines.join("\n").toUpperCase();
    assert.match(log, /TWO_FACTOR/);
    const used = [
      secret,
      begun.secret,
      challenge,
      ...codes,
      ...codes.map((code) => code.replaceAll("-", "")),
    ];
    for (const text of used) {
      assert.equal(everything.includes(text.toUpperCase()), false, text);
      assert.equal(log.includes(text.toUpperCase()), false, text);
    }
    assert.equal(everything.includes(`"${typed}"`), false);
  },
  logged,
);

appTest("a deleted user's second factor is gone with the account", async (app) => {
  const ana = await addPerson(app, "ana");
  await turnOn(app, ana);
  await deleteUser(app.services, { kind: "task", name: "test" }, ana.user_id);
  for (const table of ["second_factors", "recovery_codes"] as const) {
    assert.deepEqual(await app.services.db.selectFrom(table).selectAll().execute(), []);
  }
});
