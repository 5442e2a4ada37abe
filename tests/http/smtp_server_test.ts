import assert from "node:assert/strict";
import { text as readAll } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { SMTPServer } from "smtp-server";
import { serveApp, type TestApp } from "@/tests/kit/app.ts";
import { makeCertificate } from "@/tests/kit/certificate.ts";
import { databaseTest, type TestDatabase } from "@/tests/kit/databases.ts";
import { type Exim, LATER, NEVER, startExim } from "@/tests/kit/exim.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import { tokenIn } from "@/tests/kit/mailbox.ts";
import { addPerson } from "@/tests/kit/people.ts";
import { exim } from "@/tests/kit/programs.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

const VERIFIED = { email_verified_at: new Date() };

/** Registers a test of an application that sends its e-mails by Exim. */
function eximTest(fact: string, fn: (database: TestDatabase, server: Exim) => Promise<void>) {
  databaseTest(fact, async (database) => {
    await using server = await startExim();
    await fn(database, server);
  }, { ignore: exim.find() === undefined });
}

type Server = Pick<Exim, "url" | "certificateFile">;

const serve = (database: TestDatabase, { url, certificateFile }: Server, ca = certificateFile) =>
  serveApp(database, {
    environment: { SMTP_URL: url, SMTP_CA_FILE: ca, MAIL_FROM: "Roster <roster@example.org>" },
  });

const forgot = (app: TestApp, email: string) =>
  app.client().sendJson("POST", "/forgot_password", { email });

/** Waits until each e-mail was sent or has failed. */
async function tried({ services: { db } }: TestApp): Promise<void> {
  while ((await jobsOf(db)).some(({ attempts }) => attempts === 0)) await pause(20);
}

eximTest(
  "an e-mail arrives at Exim over TLS, once, as text and HTML, with the headers of a program",
  async (database, server) => {
    await using app = await serve(database, server);
    const { email } = await addPerson(app, "ana", VERIFIED);
    assert.equal((await forgot(app, email)).status, 200);
    await tried(app);
    const [mail = "", ...more] = await server.received();
    assert.deepEqual(more, []);
    assert.match(mail, /Received: from [^;]*? with esmtps\s+\(TLS1\.[23]\)/);
    assert.match(mail, /From: Roster <roster@example\.org>/);
    assert.match(mail, /To: ana@example\.org/);
    assert.match(mail, /Message-I[dD]: <job-\d+-\d+@127\.0\.0\.1>/);
    assert.match(mail, /Auto-Submitted: auto-generated/);
    assert.match(mail, /Content-Type: text\/plain[^]*Content-Type: text\/html/);
    const text = mail.replace(/=\r?\n/g, "").replaceAll("=3D", "=");
    const fields = { password: "twelve green lanterns", password2: "twelve green lanterns" };
    const token = tokenIn({ to: "", text });
    const answer = await app.client().sendJson("POST", "/reset_password", { token, ...fields });
    assert.equal(answer.status, 200);
  },
);

eximTest(
  "a server whose certificate has another authority gets nothing, and nobody notices",
  async (database, server) => {
    await using folder = await tempFolder();
    const { certificateFile } = await makeCertificate(folder.path);
    await using app = await serve(database, server, certificateFile);
    const { email } = await addPerson(app, "ana", VERIFIED);
    const answers = [await forgot(app, email), await forgot(app, "nobody@example.org")];
    assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    await tried(app);
    assert.deepEqual(await server.received(), []);
    assert.match((await jobsOf(database.db))[0]?.last_error ?? "", /SMTP_CA_FILE/);
  },
);

for (
  const [which, email, reason] of [
    ["for now (4xx)", LATER, /451.*The mailbox is busy/],
    ["for ever (5xx)", NEVER, /550.*There is no such mailbox/],
  ] as const
) {
  eximTest(
    `a recipient whom the server refuses ${which} is noted and tried again later`,
    async (database, server) => {
      await using app = await serve(database, server);
      await addPerson(app, "ana", { ...VERIFIED, email });
      assert.equal((await forgot(app, email)).status, 200);
      await tried(app);
      const [job] = await jobsOf(database.db);
      assert.match(job?.last_error ?? "", reason);
      assert.ok(job!.run_at > new Date());
      assert.deepEqual(await server.received(), []);
      assert.equal((await app.services.jobs.drain("letter")).failed, 1);
      assert.equal((await jobsOf(database.db))[0]?.attempts, 2);
    },
  );
}

databaseTest(
  "an e-mail arrives at smtp-server of npm by STARTTLS, at the address that asked for it",
  async (database) => {
    await using folder = await tempFolder();
    const { certificateFile, keyFile } = await makeCertificate(folder.path);
    const port = freePort();
    const arrived = Promise.withResolvers<{ secure: boolean; to: string[]; mail: string }>();
    const server = new SMTPServer({
      cert: await Deno.readTextFile(certificateFile),
      key: await Deno.readTextFile(keyFile),
      authOptional: true,
      async onData(stream, { secure, envelope }, done) {
        const to = envelope.rcptTo.map(({ address }) => address);
        arrived.resolve({ secure, to, mail: await readAll(stream) });
        done();
      },
    });
    await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
    try {
      const there = { url: `smtp://localhost:${port}`, certificateFile };
      await using app = await serve(database, there);
      const { email } = await addPerson(app, "ana", VERIFIED);
      assert.equal((await forgot(app, email)).status, 200);
      const { secure, to, mail } = await arrived.promise;
      assert.deepEqual([secure, to], [true, [email]]);
      assert.match(mail, /reset_password\?token=/);
      await app.services.jobs.drain("letter");
    } finally {
      await new Promise<void>((closed) => server.close(closed));
    }
  },
  { anyDatabase: true },
);
