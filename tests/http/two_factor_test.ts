import assert from "node:assert/strict";
import { appTest, mailAppTest } from "@/tests/kit/app.ts";
import { tokenIn } from "@/tests/kit/mailbox.ts";
import { accountOf, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import {
  afterPassword,
  codeOf,
  forgetSteps,
  sendCode,
  turnOn,
  wrongCode,
} from "@/tests/kit/second_factor.ts";

const VERIFIED = { email_verified_at: new Date() };

appTest("a setup that was begun and left asks for no code", async (app) => {
  const ana = await addPerson(app, "ana");
  const browser = await signedIn(app, ana);
  assert.equal((await browser.sendJson("POST", "/set_up_two_factor", {})).status, 200);
  assert.equal((await logIn(app.client(), "ana")).status, 200);
  const { turned_on_at } = JSON.parse((await browser.getJson("/security")).text);
  assert.equal(turned_on_at, null);
});

appTest("the setup page shows the secret as a picture, a key and a link", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  assert.equal((await browser.postForm("/set_up_two_factor", {})).status, 303);
  const { text, headers } = await browser.get("/set_up_two_factor");
  assert.match(text, /<svg class="qr-code"/);
  assert.match(headers.get("cache-control") ?? "", /no-store/);
  const [key = ""] = /(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}/.exec(text) ?? [];
  const [, uri = ""] = /href="(otpauth:[^"]+)"/.exec(text) ?? [];
  const { pathname, searchParams } = new URL(uri.replaceAll("&amp;", "&"));
  assert.equal(pathname, "/My%20People:ana");
  assert.equal(searchParams.get("secret"), key.replaceAll(" ", ""));
  assert.ok(uri.includes("issuer=My%20People"), uri);
}, { environment: { APP_NAME: "My People" } });

appTest("a wrong code turns nothing on, and the page shows the same secret again", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  const { secret } = JSON.parse((await browser.sendJson("POST", "/set_up_two_factor", {})).text);
  const answer = await browser.postForm("/set_up_two_factor", { code: await wrongCode(secret) });
  assert.equal(answer.status, 422);
  assert.ok(answer.text.includes(`secret=${secret}`));
  assert.equal((await logIn(app.client(), "ana")).status, 200);
});

appTest("of 20 right codes at the same time one turns two-factor sign-in on", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  const { secret } = JSON.parse((await browser.sendJson("POST", "/set_up_two_factor", {})).text);
  const code = await codeOf(secret);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => browser.sendJson("POST", "/set_up_two_factor", { code })),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  const codes = await app.services.db.selectFrom("recovery_codes").selectAll().execute();
  assert.equal(codes.length, 10);
}, { everyDatabase: true });

appTest("the old authenticator works until the new one is proven", async (app) => {
  const ana = await addPerson(app, "ana");
  const { secret: old, browser } = await turnOn(app, ana);
  const { secret } = JSON.parse((await browser.sendJson("POST", "/set_up_two_factor", {})).text);
  const trial = await afterPassword(app, ana);
  assert.equal((await sendCode(trial, await codeOf(secret))).status, 422);
  assert.equal((await sendCode(trial, await codeOf(old))).status, 200);
  const moved = await browser.sendJson("POST", "/set_up_two_factor", {
    code: await codeOf(secret),
  });
  assert.equal(moved.status, 200);
  await forgetSteps(app);
  const next = await afterPassword(app, ana);
  assert.equal((await sendCode(next, await codeOf(old))).status, 422);
  assert.equal((await sendCode(next, await codeOf(secret))).status, 200);
});

appTest("turning it on ends all other sessions", async (app) => {
  const ana = await addPerson(app, "ana");
  const other = await signedIn(app, ana);
  const { browser } = await turnOn(app, ana);
  assert.equal((await other.getJson("/profile")).status, 401);
  assert.equal((await browser.getJson("/security")).status, 200);
});

mailAppTest("an address that is not confirmed keeps two-factor sign-in off", async (app) => {
  const ana = await addPerson(app, "ana");
  const browser = await signedIn(app, ana);
  const answer = await browser.sendJson("POST", "/set_up_two_factor", {});
  assert.equal(answer.status, 403);
  assert.match(answer.text, /Confirm your e-mail address/);
  assert.match((await browser.get("/security")).text, /Confirm your e-mail address first/);
});

appTest(
  "without SECRET_KEY nothing is offered, and a second factor is still asked for",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const browser = await signedIn(app, ana);
    assert.equal((await browser.sendJson("POST", "/set_up_two_factor", {})).status, 409);
    assert.match((await browser.get("/security")).text, /has no two-factor sign-in/);
    await app.services.db.insertInto("second_factors")
      .values({ user_id: ana.user_id, secret: "old.a.b" }).execute();
    const waiting = await afterPassword(app, ana);
    const answer = await sendCode(waiting, "123456");
    assert.equal(answer.status, 503);
    assert.match(answer.text, /use a recovery code/);
    assert.equal((await waiting.getJson("/profile")).status, 401);
  },
  { environment: { SECRET_KEY: "" } },
);

appTest("after the right password no cookie of the answer opens a page", async (app) => {
  const ana = await addPerson(app, "ana");
  const { secret } = await turnOn(app, ana);
  const browser = app.client();
  const answer = await logIn(browser, "ana");
  assert.equal(answer.status, 202);
  const { code, next } = JSON.parse(answer.text);
  assert.deepEqual({ code, next }, { code: "second_factor_required", next: "/two_factor" });
  const [cookie = ""] = answer.headers.getSetCookie();
  assert.match(
    cookie,
    /^roster_challenge=.*Max-Age=600; Path=\/two_factor; HttpOnly; SameSite=Lax/,
  );
  const [, token = ""] = /=([^;]+)/.exec(cookie) ?? [];
  for (const name of ["roster_challenge", "roster_session"]) {
    const thief = app.client();
    thief.keep(`${name}=${token}`);
    for (const path of ["/profile", "/security", "/edit_user?user_id=1", "/change_password"]) {
      assert.equal((await thief.getJson(path)).status, 401, `${name} ${path}`);
    }
  }
  const before = (await accountOf(app, ana)).last_login_at;
  assert.equal((await sendCode(browser, await codeOf(secret))).status, 200);
  assert.equal((await browser.getJson("/profile")).status, 200);
  assert.notDeepEqual((await accountOf(app, ana)).last_login_at, before);
});

appTest("a form leads through the second step to the page that was asked for", async (app) => {
  const ana = await addPerson(app, "ana");
  const { secret } = await turnOn(app, ana);
  const browser = app.client();
  const fields = { username: "ana", password: PASSWORD, next: "/profile?a=1" };
  const first = await browser.postForm("/login", fields);
  assert.deepEqual([first.status, first.headers.get("location")], [
    303,
    "/two_factor?next=%2Fprofile%3Fa%3D1",
  ]);
  const { text } = await browser.get(first.headers.get("location")!);
  assert.match(text, /name="next" value="\/profile\?a=1"/);
  const second = await browser.postForm("/two_factor", {
    code: await codeOf(secret),
    next: "/profile?a=1",
  });
  assert.deepEqual([second.status, second.headers.get("location")], [303, "/profile?a=1"]);
});

appTest("without a right password /two_factor leads to the sign-in", async (app) => {
  const answer = await app.client().get("/two_factor");
  assert.equal(answer.status, 303);
  assert.match(answer.headers.get("location") ?? "", /^\/login/);
  assert.equal((await sendCode(app.client(), "123456")).status, 401);
});

appTest("a code is taken once, also by 20 sign-ins at the same time", async (app) => {
  const ana = await addPerson(app, "ana");
  const { secret } = await turnOn(app, ana);
  const browsers = await Promise.all(Array.from({ length: 20 }, () => afterPassword(app, ana)));
  const code = await codeOf(secret);
  const answers = await Promise.all(browsers.map((browser) => sendCode(browser, code)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  const { db } = app.services;
  const sessions = await db.selectFrom("sessions").where("user_id", "=", ana.user_id).selectAll()
    .execute();
  assert.equal(sessions.length, 2, "that of the setup and the new one");
}, { everyDatabase: true });

appTest("a challenge works once, for 20 at the same time", async (app) => {
  const ana = await addPerson(app, "ana");
  const { secret } = await turnOn(app, ana);
  const browser = await afterPassword(app, ana);
  const codes = await Promise.all([-1, 0, 1].map((offset) => codeOf(secret, offset)));
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => sendCode(browser, codes[index % 3]!)),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
}, { everyDatabase: true });

appTest("five wrong codes end a challenge, and the password is asked for again", async (app) => {
  const ana = await addPerson(app, "ana");
  const { secret } = await turnOn(app, ana);
  const browser = await afterPassword(app, ana);
  const wrong = await wrongCode(secret);
  const statuses: number[] = [];
  for (let tried = 0; tried < 5; tried++) statuses.push((await sendCode(browser, wrong)).status);
  assert.deepEqual(statuses, [422, 422, 422, 422, 401]);
  assert.equal((await sendCode(browser, await codeOf(secret))).status, 401);
  const again = await afterPassword(app, ana);
  assert.equal((await sendCode(again, await codeOf(secret))).status, 200);
});

mailAppTest(
  "ten wrong codes over several challenges lock the second step for 15 minutes, not the password",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    const { secret } = await turnOn(app, ana);
    await mailbox.next();
    const wrong = await wrongCode(secret);
    const tried = await Promise.all(
      Array.from({ length: 4 }, () => afterPassword(app, ana)),
    );
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => sendCode(tried[index % 4]!, wrong)),
    );
    assert.equal(answers.filter(({ status }) => status === 429).length, 10);
    const browser = await afterPassword(app, ana);
    const locked = await sendCode(browser, await codeOf(secret));
    assert.equal(locked.status, 429);
    const seconds = Number(locked.headers.get("retry-after"));
    assert.ok(seconds > 880 && seconds <= 900, String(seconds));
    const { failed_logins, locked_until } = await accountOf(app, ana);
    assert.deepEqual([failed_logins, locked_until], [0, null]);
    const letter = await mailbox.next();
    assert.match(letter.text, /typed ten wrong codes/);
    assert.equal(tokenIn(letter), "");
    await app.services.db.updateTable("second_factors")
      .set({ locked_until: new Date(Date.now() - 1) }).execute();
    assert.equal((await sendCode(browser, await codeOf(secret))).status, 200);
  },
  { everyDatabase: true },
);

appTest("a challenge of more than 10 minutes is dead", async (app) => {
  const ana = await addPerson(app, "ana");
  const { secret } = await turnOn(app, ana);
  const browser = await afterPassword(app, ana);
  const { db } = app.services;
  const { expires_at } = await db.selectFrom("one_time_tokens").select("expires_at")
    .executeTakeFirstOrThrow();
  const minutes = (expires_at.getTime() - Date.now()) / 60_000;
  assert.ok(minutes > 9 && minutes <= 10, String(minutes));
  await db.updateTable("one_time_tokens").set({ expires_at: new Date(Date.now() - 1) }).execute();
  assert.equal((await sendCode(browser, await codeOf(secret))).status, 401);
});

appTest("a user who is suspended meanwhile does not pass the second step", async (app) => {
  const ana = await addPerson(app, "ana");
  const { secret } = await turnOn(app, ana);
  const browser = await afterPassword(app, ana);
  await app.services.db.updateTable("users").set({ status: "suspended" }).execute();
  assert.equal((await sendCode(browser, await codeOf(secret))).status, 401);
}, { everyDatabase: true });

mailAppTest(
  "a new password by e-mail signs nobody in, and the code is still asked for",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    await turnOn(app, ana);
    await mailbox.next();
    const waiting = await afterPassword(app, ana);
    await app.client().sendJson("POST", "/forgot_password", { email: ana.email });
    const password = "twelve green lanterns";
    const token = tokenIn(await mailbox.next());
    const browser = app.client();
    const answer = await browser.sendJson("POST", "/reset_password", {
      token,
      password,
      password2: password,
    });
    assert.equal(answer.status, 200);
    assert.equal((await browser.getJson("/profile")).status, 401);
    assert.equal((await waiting.getJson("/two_factor")).status, 401, "its challenge has ended");
    assert.equal((await logIn(browser, "ana", password)).status, 202);
  },
);

appTest(
  "a wrong password and an unknown name get the same answer as without a second factor",
  async (app) => {
    await turnOn(app, await addPerson(app, "ana"));
    await addPerson(app, "bo");
    const answers = new Set<string>();
    for (const name of ["ana", "bo", "nobody"]) {
      const { status, text, headers } = await logIn(app.client(), name, "wrong password");
      answers.add(`${status} ${text} ${headers.getSetCookie()}`);
    }
    assert.equal(answers.size, 1, [...answers].join("\n"));
  },
);
