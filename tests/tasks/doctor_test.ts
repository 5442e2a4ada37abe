import assert from "node:assert/strict";
import { sql } from "kysely";
import { createSecretBox } from "@/lib/crypto/secret_box.ts";
import { diagnose, diagnoseMachine } from "@/lib/domain/operation/diagnosis.ts";
import type { Finding } from "@/lib/domain/operation/finding.ts";
import { closeServices, openServices } from "@/lib/domain/open_services.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { readSettings } from "@/lib/settings.ts";
import { databaseTest, type TestDatabase } from "@/tests/kit/databases.ts";
import { openMailbox } from "@/tests/kit/mailbox.ts";
import { startOddFtpServer } from "@/tests/kit/odd_ftp_server.ts";
import { vsftpd } from "@/tests/kit/programs.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { startVsftpd } from "@/tests/kit/vsftpd.ts";
import { ftpEnvironment } from "@/tests/storage/ftp_servers.ts";
import { commandTest, type Ended, runTask, type Shell } from "./command.ts";

const MAIL_FROM = "Roster <roster@example.com>";

async function findingsOf(
  shell: Shell,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<Ended & { findings: Finding[] }> {
  const ended = await shell.run(["doctor", "--json", ...args], { env });
  const findings = ended.stdout.trim().split("\n").map((line) => JSON.parse(line));
  return { ...ended, findings };
}

/** What doctor finds, without a process. */
async function diagnosed(
  database: TestDatabase,
  env: Record<string, string>,
): Promise<Finding[]> {
  const DATABASE_URL = database.url ?? "pglite:memory";
  const settings = readSettings({ APP_ENV: "test", DATABASE_URL, ...env });
  const services = await openServices(settings, database, createSilentLogger());
  try {
    return [...await diagnoseMachine(settings), ...await diagnose(services)];
  } finally {
    await closeServices(services);
  }
}

function stateOf(findings: readonly Finding[], check: string): string | undefined {
  return findings.find((finding) => finding.check === check)?.state;
}

commandTest(
  "doctor tries database, FTP, mail, clock and disk, and leaves nothing",
  async (shell) => {
    await using ftp = startOddFtpServer();
    await using mailbox = openMailbox();
    const { code, findings, stderr } = await findingsOf(shell, {
      FTP_URL: `ftp://user:password@127.0.0.1:${ftp.port}/avatars`,
      SMTP_URL: mailbox.url,
      MAIL_FROM,
    });
    assert.equal(code, 0, stderr);
    for (const check of ["Settings", "Database", "FTP", "Mail", "Changes", "Clock"]) {
      assert.equal(stateOf(findings, check), "ok", check);
    }
    assert.ok(ftp.commands.some((line) => line.startsWith("STOR")));
    assert.ok(ftp.commands.some((line) => line.startsWith("RETR")));
    assert.equal(ftp.files.size, 0);
    assert.ok(mailbox.commands.includes("RCPT TO:<roster@example.com>"));
    assert.ok(!mailbox.commands.includes("DATA"));
    assert.deepEqual(await shell.db.selectFrom("images").select("name").execute(), []);
  },
);

commandTest("doctor --send-to sends one letter", async (shell) => {
  await using mailbox = openMailbox();
  const env = { SMTP_URL: mailbox.url, MAIL_FROM };
  const { code, findings } = await findingsOf(shell, env, ["--send-to", "ada@example.com"]);
  assert.equal(code, 0);
  assert.equal(stateOf(findings, "Letter"), "ok");
  const letter = await mailbox.next();
  assert.equal(letter.to, "ada@example.com");
  assert.match(letter.text, /From: Roster <roster@example\.com>/);
}, { anyDatabase: true });

databaseTest(
  "doctor waits for a server that is slow to fail, and says why it does",
  async (database) => {
    await using ftp = startOddFtpServer({
      answer: (command) => command === "STOR" ? "522 session reuse required" : undefined,
    });
    await using mailbox = openMailbox({
      answer: (line) => line.startsWith("RCPT") ? "554 Relay access denied" : undefined,
    });
    const findings = await diagnosed(database, {
      FTP_URL: `ftp://user:password@127.0.0.1:${ftp.port}/avatars`,
      SMTP_URL: mailbox.url,
      MAIL_FROM,
    });
    const details = findings.filter(({ state }) => state === "fail").map(({ detail }) => detail);
    assert.equal(details.length, 2);
    assert.match(details.join("\n"), /require_ssl_reuse=NO[^]*Relay access denied: sign in/);
  },
  { anyDatabase: true },
);

Deno.test("doctor exits with 2 for an address that is none", async () => {
  const { code, stderr } = await runTask(["doctor", "--send-to", "ada"], "", {});
  assert.equal(code, 2);
  assert.match(stderr, /^--send-to: .*name@example\.com/);
});

databaseTest(
  "doctor finds what keeps vsftpd from taking files after signing in",
  async (database) => {
    await using server = await startVsftpd({ sessionReuse: "required" });
    const found = await diagnosed(database, ftpEnvironment(server));
    const { state, detail } = found.find(({ check }) => check === "FTP")!;
    assert.equal(state, "fail");
    assert.match(detail, /require_ssl_reuse=NO/);
  },
  { anyDatabase: true, ignore: vsftpd.find() === undefined },
);

Deno.test("doctor finds a folder that cannot be written", async () => {
  const { code, stdout } = await runTask(["doctor"], "", {
    DATABASE_URL: "pglite:/proc/roster/db",
  });
  assert.equal(code, 1);
  assert.match(
    stdout,
    /FAIL {2}Disk: \/proc\/roster: .*\n +Make room there, and let this account write/,
  );
});

databaseTest("doctor tells of second factors whose key is old or missing", async (database) => {
  const [old, current] = [
    "an old key of more than 32 characters",
    "a new key of more than 32 letters",
  ];
  const secret = await createSecretBox([old]).seal("secret", { purpose: "totp", userId: 1 });
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(database.db);
  await database.db.insertInto("second_factors").values({ user_id: 1, secret }).execute();
  const tell = async (SECRET_KEY: string) =>
    (await diagnosed(database, { SECRET_KEY }))
      .filter(({ detail }) => detail.startsWith("Second factors"))
      .map(({ state, detail }) => [state, detail]);
  assert.deepEqual(await tell(`${current},${old}`), [
    ["ok", "Second factors that still need an old key of SECRET_KEY: 1"],
  ]);
  assert.deepEqual(await tell(current), [
    ["fail", "Second factors under a key that SECRET_KEY does not have: 1"],
  ]);
}, { anyDatabase: true });

databaseTest("doctor tells whether the list of breached passwords is sorted", async (database) => {
  await using folder = await tempFolder();
  const BREACHED_PASSWORDS_FILE = `${folder.path}/list`;
  for (
    const [lines, state, told] of [
      ["0123456789:1\n0123456790:7\n", "ok", /has about 2 passwords/],
      ["0123456790:7\n0123456789:1\n", "fail", /is not sorted by its hashes/],
    ] as const
  ) {
    await Deno.writeTextFile(BREACHED_PASSWORDS_FILE, lines);
    const found = await diagnosed(database, { BREACHED_PASSWORDS_FILE });
    const breaches = found.find(({ check }) => check === "Breaches")!;
    assert.equal(breaches.state, state);
    assert.match(breaches.detail, told);
  }
}, { anyDatabase: true });
