import assert from "node:assert/strict";
import { createSilentLogger } from "@/lib/log.ts";
import { readSettings } from "@/lib/settings.ts";
import { makeCertificate } from "@/tests/kit/certificate.ts";
import { type Mailbox, type MailboxOptions, openMailbox } from "@/tests/kit/mailbox.ts";
import { openssl } from "@/tests/kit/programs.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import type { Mailer } from "./mail.ts";
import { createMailer } from "./mailer.ts";

const TO = "ada@example.com";

/** A mailer as the settings make it. */
function mailerFor(SMTP_URL: string, environment: Record<string, string> = {}): Mailer {
  const MAIL_FROM = "Roster <roster@example.com>";
  const settings = readSettings({ SMTP_URL, MAIL_FROM, ...environment });
  return createMailer(settings, createSilentLogger());
}

/** Registers a test with a mail server of that kind. */
function mailTest(
  fact: string,
  options: MailboxOptions,
  run: (mailbox: Mailbox) => Promise<void>,
): void {
  Deno.test(fact, async () => {
    await using mailbox = openMailbox(options);
    await run(mailbox);
  });
}

mailTest("rehearse() goes as far as the recipient and sends nothing", {}, async (mailbox) => {
  await mailerFor(mailbox.url).rehearse(TO);
  const said = mailbox.commands.filter((line) => !/^(EHLO|QUIT)/.test(line));
  assert.deepEqual(said, ["MAIL FROM:<roster@example.com>", `RCPT TO:<${TO}>`, "RSET"]);
});

mailTest("rehearse() signs in before it", {
  answer: (line) => line.startsWith("EHLO") ? "250-mailbox\r\n250 AUTH PLAIN" : undefined,
}, async (mailbox) => {
  await mailerFor(mailbox.url.replace("//", "//user:p%40ss@")).rehearse(TO);
  assert.ok(mailbox.commands.includes(`AUTH PLAIN ${btoa("\0user\0p@ss")}`));
  assert.equal(mailbox.commands.filter((line) => line === "RSET").length, 1);
});

mailTest("a mail server may have an IPv6 address", { hostname: "::1" }, async (mailbox) => {
  await mailerFor(mailbox.url).send({ to: TO, subject: "Hello", text: "Hello" });
  assert.equal((await mailbox.next()).to, TO);
});

/** What a server answers, and what an operator reads of it. */
const ADVICE: readonly [command: string, answer: string, advice: RegExp][] = [
  ["MAIL", "553 Sender address rejected", /553 Sender.*: mend MAIL_FROM/],
  ["RCPT", "554 Relay access denied", /554 Relay.*: sign in with a user in SMTP_URL/],
  ["AUTH", "535 Authentication failed", /535.*: mend user and password in SMTP_URL/],
];

for (const [command, answer, advice] of ADVICE) {
  mailTest(`"${answer}" comes with what to do about it`, {
    answer: (line) => line.startsWith(command) ? answer : undefined,
  }, async (mailbox) => {
    const mailer = mailerFor(mailbox.url.replace("//", "//user:password@"));
    await assert.rejects(mailer.rehearse(TO), advice);
  });
}

mailTest("production wants TLS, and says which setting to change", {
  answer: (line) => line === "STARTTLS" ? "502 not here" : undefined,
}, async (mailbox) => {
  const production = { APP_ENV: "production", APP_URL: "https://people.example.com" };
  await assert.rejects(mailerFor(mailbox.url, production).rehearse(TO), /STARTTLS.*smtps:\/\//);
  const implicit = mailbox.url.replace("smtp:", "smtps:");
  await assert.rejects(mailerFor(implicit, production).rehearse(TO), /begin SMTP_URL with smtp:/);
});

mailTest("production sends nothing without TLS, unless SMTP_ALLOW_PLAINTEXT says so", {
  answer: (line) => line === "STARTTLS" ? "502 not here" : undefined,
}, async (mailbox) => {
  const letter = { to: TO, subject: "Hello", text: "Hello" };
  const production = { APP_ENV: "production", APP_URL: "https://people.example.com" };
  await assert.rejects(mailerFor(mailbox.url, production).send(letter), /STARTTLS/);
  assert.deepEqual(mailbox.commands.filter((line) => line.startsWith("MAIL")), []);
  const allowed = { ...production, SMTP_ALLOW_PLAINTEXT: "1" };
  await mailerFor(mailbox.url, allowed).send(letter);
  assert.equal((await mailbox.next()).to, TO);
});

Deno.test("a missing mail server is reported", async () => {
  await assert.rejects(
    mailerFor("smtp://127.0.0.1:1").rehearse(TO),
    /mend host and port in SMTP_URL/,
  );
});

Deno.test({
  name: "SMTP_CA_FILE names the authority of the mail server's certificate, and no other is taken",
  ignore: openssl.find() === undefined,
  async fn() {
    await using folder = await tempFolder();
    await using elsewhere = await tempFolder();
    const certificate = await makeCertificate(folder.path);
    const foreign = await makeCertificate(elsewhere.path);
    await using mailbox = openMailbox({ certificate });
    await mailerFor(mailbox.url, { SMTP_CA_FILE: certificate.certificateFile }).rehearse(TO);
    for (const environment of [{}, { SMTP_CA_FILE: foreign.certificateFile }]) {
      const mailer = mailerFor(mailbox.url, environment);
      await assert.rejects(mailer.rehearse(TO), /authority in SMTP_CA_FILE/);
      const letter = { to: TO, subject: "Hello", text: "Hello" };
      await assert.rejects(mailer.send(letter), /authority in SMTP_CA_FILE/);
    }
  },
});

Deno.test({
  name: "a mail server with the certificate of another host gets no letter",
  ignore: openssl.find() === undefined,
  async fn() {
    await using folder = await tempFolder();
    const certificate = await makeCertificate(folder.path);
    await using mailbox = openMailbox({ certificate, hostname: "127.0.0.2" });
    const mailer = mailerFor(mailbox.url, { SMTP_CA_FILE: certificate.certificateFile });
    for (
      const work of [
        mailer.rehearse(TO),
        mailer.send({ to: TO, subject: "Hello", text: "Hello" }),
      ]
    ) {
      await assert.rejects(work, /the name that its certificate is for as the host of SMTP_URL/);
    }
    assert.deepEqual(mailbox.commands, []);
  },
});
