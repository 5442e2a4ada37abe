import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import { tokenIn } from "@/tests/kit/mailbox.ts";
import { openMailbox } from "@/tests/kit/mailbox.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { serveApp } from "@/tests/kit/app.ts";
import { addPerson } from "@/tests/kit/people.ts";

const VERIFIED = { email_verified_at: new Date() };

const forgot = (app: TestApp, email = "ana@example.org") =>
  app.client().sendJson("POST", "/forgot_password", { email });

/** Waits until `is` holds. */
async function until(is: () => Promise<boolean>): Promise<void> {
  while (!await is()) await pause(20);
}

databaseTest(
  "an e-mail waits in the database while the mail server refuses, then goes out once",
  async (database) => {
    const server = { refuses: true };
    await using mailbox = openMailbox({
      answer: (command) =>
        server.refuses && command.startsWith("MAIL") ? "451 try later" : undefined,
    });
    const environment = { SMTP_URL: mailbox.url, MAIL_FROM: "roster@example.org" };
    await using app = await serveApp(database, { environment });
    const { db, jobs } = app.services;
    await addPerson(app, "ana", VERIFIED);
    await forgot(app);
    await until(async () => (await jobsOf(db))[0]?.attempts === 1);
    const [job] = await jobsOf(db);
    assert.match(job?.last_error ?? "", /451 try later/);
    assert.ok(job!.run_at > new Date(), "a pause follows a failure");
    assert.ok(job!.expires_at! <= new Date(Date.now() + 30 * 60_000), "no longer than its link");
    server.refuses = false;
    // The round in the background may be the one that takes it.
    await jobs.drain("letter");
    const { text } = await mailbox.next();
    await until(async () => (await jobsOf(db)).length === 0);
    assert.equal((await db.selectFrom("one_time_tokens").select("id").execute()).length, 1);
    const fields = { password: "twelve green lanterns", password2: "twelve green lanterns" };
    const token = tokenIn({ to: "", text });
    assert.equal(
      (await app.client().sendJson("POST", "/reset_password", { token, ...fields })).status,
      200,
    );
  },
);

databaseTest(
  "an e-mail that waited for the mail server does not replace the link of a newer one",
  async (database) => {
    const server = { refuses: true };
    await using mailbox = openMailbox({
      answer: (command) =>
        server.refuses && command.startsWith("MAIL") ? "451 try later" : undefined,
    });
    const environment = { SMTP_URL: mailbox.url, MAIL_FROM: "roster@example.org" };
    await using app = await serveApp(database, { environment });
    const { db, jobs } = app.services;
    await addPerson(app, "ana", VERIFIED);
    await forgot(app);
    await until(async () => (await jobsOf(db))[0]?.attempts === 1);
    const waits = (hours: number) =>
      db.updateTable("jobs").set({ run_at: new Date(Date.now() + hours * 3_600_000) }).execute();
    await waits(1);
    // As if a minute had passed: then another e-mail may be asked for.
    await db.deleteFrom("rate_limits").execute();
    server.refuses = false;
    await forgot(app);
    const token = tokenIn(await mailbox.next());
    await until(async () => (await jobsOf(db)).length === 1);
    await waits(0);
    jobs.wake("letter");
    await until(async () => (await jobsOf(db)).length === 0);
    const sent = mailbox.commands.filter((command) => command.startsWith("DATA"));
    assert.equal(sent.length, 1, "the older e-mail is not sent any more");
    const fields = { password: "twelve green lanterns", password2: "twelve green lanterns" };
    const answer = await app.client().sendJson("POST", "/reset_password", { token, ...fields });
    assert.equal(answer.status, 200, answer.text);
  },
);

databaseTest("an e-mail of a process that died is sent by the next one, once", async (database) => {
  const environment = { SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "roster@example.org" };
  {
    await using app = await serveApp(database, { environment });
    await addPerson(app, "ana", VERIFIED);
    await forgot(app);
  }
  // The process that took it died before it had an answer: its lease ends.
  await database.db.updateTable("jobs").set({ leased_until: new Date(Date.now() - 1) }).execute();
  await using mailbox = openMailbox();
  await using app = await serveApp(database, {
    environment: { ...environment, SMTP_URL: mailbox.url },
  });
  assert.equal((await app.services.jobs.drain("letter")).done, 1);
  assert.equal((await mailbox.next()).to, "ana@example.org");
  assert.deepEqual(await jobsOf(database.db), []);
});

mailAppTest("an e-mail whose link has expired is not sent any more", async (app) => {
  await addPerson(app, "ana", VERIFIED);
  const { db, jobs } = app.services;
  await forgot(app);
  await until(async () => (await jobsOf(db))[0]?.attempts === 1);
  await db.updateTable("jobs").set({ expires_at: new Date(Date.now() - 1) }).execute();
  assert.deepEqual(await jobs.drain("letter"), { done: 0, failed: 0, gaveUp: false });
}, { environment: { SMTP_URL: "smtp://127.0.0.1:1" } });

mailAppTest(
  "neither the queue nor the tokens' table holds what an e-mail says",
  async (app, mailbox) => {
    await app.client().sendJson("POST", "/register", {
      username: "ana",
      email: "ana@example.org",
      password: "twelve green lanterns",
      password2: "twelve green lanterns",
    });
    const { text } = await mailbox.next();
    const token = tokenIn({ to: "", text });
    const code = /[2-9A-Z]{4}-[2-9A-Z]{4}/.exec(text)![0].replace("-", "");
    const { db } = app.services;
    const rows = JSON.stringify([
      await jobsOf(db),
      await db.selectFrom("one_time_tokens").selectAll().execute(),
      await db.selectFrom("audit_events").selectAll().execute(),
    ]);
    for (const secret of [token, code, "twelve green lanterns"]) {
      assert.ok(secret.length > 0 && !rows.includes(secret), secret);
    }
  },
);

databaseTest(
  "while the mail server is down for an hour, the pauses grow to a quarter of an hour",
  async (database) => {
    const environment = { SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "roster@example.org" };
    await using app = await serveApp(database, { environment });
    const { db, jobs } = app.services;
    await addPerson(app, "ana");
    await app.client().sendJson("POST", "/verify_email", {
      send_again: "1",
      email: "ana@example.org",
    });
    await until(async () => (await jobsOf(db))[0]?.attempts === 1);
    const [first] = await jobsOf(db);
    let waitedMs = 0;
    for (let attempt = 2; waitedMs < 3_600_000; attempt++) {
      assert.equal((await jobs.drain("letter")).failed, 1);
      const [job] = await jobsOf(db);
      const pauseMs = job!.run_at.getTime() - Date.now();
      const longest = Math.min(5_000 * 2 ** (attempt - 1), 15 * 60_000);
      assert.ok(pauseMs > longest / 2 - 5_000 && pauseMs <= longest, `${attempt}: ${pauseMs}`);
      assert.deepEqual([job?.attempts, job?.expires_at], [attempt, first?.expires_at]);
      waitedMs += pauseMs;
    }
  },
);

databaseTest("nobody waits for a mail server that says nothing", async (database) => {
  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const held: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of server) held.push(connection);
  })();
  const environment = {
    SMTP_URL: `smtp://127.0.0.1:${server.addr.port}`,
    MAIL_FROM: "roster@example.org",
  };
  await using app = await serveApp(database, { environment });
  await addPerson(app, "ana", VERIFIED);
  const answers = [await forgot(app), await forgot(app, "nobody@example.org")];
  await until(() => Promise.resolve(held.length > 0));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
  assert.equal(answers[0]?.text, answers[1]?.text);
  assert.equal((await jobsOf(database.db))[0]?.attempts, 0);
  // The e-mail still waits for the server, which only hangs up now.
  server.close();
  for (const connection of held) connection.close();
  await accepting;
  await until(async () => (await jobsOf(database.db))[0]?.attempts === 1);
});
