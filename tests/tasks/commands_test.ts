import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateDown } from "@/lib/db/migrator.ts";
import { postgresTest } from "../kit/databases.ts";
import { tempFolder } from "../kit/temp.ts";
import { commandTest, type Ended, runTask } from "./command.ts";

const PASSWORD = "correct horse battery staple";
const TASKS = [
  "start",
  "dev",
  "build",
  "create-admin",
  "users",
  "import-users",
  "seed",
  "sync-images",
  "backup",
  "restore",
  "doctor",
  "migrate",
  "secret",
];

function makeAdmin(name: string): string[] {
  const email = `${name}@example.com`;
  return ["create-admin", "--username", name, "--email", email, "--password-stdin"];
}

/** Checks for exit code 1 and one sentence on stderr. */
function assertFailed({ code, stdout, stderr }: Ended, sentence: RegExp): void {
  assert.deepEqual({ code, stdout }, { code: 1, stdout: "" }, stderr);
  assert.match(stderr, sentence);
  assert.equal(stderr.trim().split("\n").length, 1);
}

for (const name of TASKS) {
  Deno.test(`deno task ${name} --help shows usage and an example, and exits with 0`, async () => {
    const { code, stdout, stderr } = await runTask([name, "--help"], "", {});
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, new RegExp(`Usage: deno task ${name}\\b`));
    assert.match(stdout, new RegExp(`Examples?:\\n {2}deno task ${name}`));
  });

  Deno.test(`deno task ${name} exits with 2 for an option that it does not know`, async () => {
    const { code, stderr } = await runTask([name, "--wrong"], "", {});
    assert.equal(code, 2);
    assert.match(stderr, /'--wrong'.*--help/);
  });
}

Deno.test("tasks that take no words exit with 2 for one", async () => {
  for (const name of ["dev", "build", "start", "seed"]) {
    const { code, stderr } = await runTask([name, "twice"], "", {});
    assert.deepEqual([code, /'twice'.*--help/.test(stderr)], [2, true], stderr);
  }
});

Deno.test("deno task lists what each task does", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  for (const [name, task] of Object.entries<{ description?: string }>(tasks)) {
    assert.ok(task.description, name);
  }
});

Deno.test("a task migrates an embedded database that is new", async () => {
  const env = { DATABASE_URL: "pglite:memory" };
  const { code, stdout, stderr } = await runTask(["seed", "--users", "3"], "", env);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Made up 3 users/);
});

postgresTest("a task on a PostgreSQL that is not migrated says what to run", async (database) => {
  while (await migrateDown(database.db) !== undefined);
  const env = { DATABASE_URL: database.url };
  assertFailed(await runTask(["users", "list"], "", env), /run deno task migrate first/);
});

Deno.test("tasks open the embedded database themselves if no server has it", async () => {
  await using folder = await tempFolder();
  const env = { DATABASE_URL: `pglite:${folder.path}/db` };
  assert.equal((await runTask(["migrate"], "", env)).code, 0);
  assert.equal((await runTask(makeAdmin("ada"), PASSWORD, env)).code, 0);
  assert.match((await runTask(["users", "list"], "", env)).stdout, /ada@example.com/);
});

commandTest(
  "create-admin makes an admin who can sign in with the password from stdin",
  async (shell) => {
    const { code, stdout } = await shell.run(makeAdmin("ada"), {
      stdin: `${PASSWORD}\n`,
      env: { APP_URL: "https://people.example.com" },
    });
    assert.equal(code, 0);
    assert.equal(stdout, "Created the admin ada: sign in at https://people.example.com/login\n");
    const why = await shell.run(["users", "why", "ada", "--json"]);
    const explained = JSON.parse(why.stdout);
    assert.equal(explained.can_sign_in, true);
    assert.equal(explained.user.role, "admin");
    assert.equal(explained.events[0].actor, "task create-admin");
  },
);

commandTest("create-admin refuses what /register would refuse, and makes nobody", async (shell) => {
  await shell.run(makeAdmin("ada"), { stdin: PASSWORD });
  assertFailed(await shell.run(makeAdmin("ADA"), { stdin: PASSWORD }), /username: .*already/);
  assertFailed(await shell.run(makeAdmin("b"), { stdin: PASSWORD }), /username: .*at least 3/);
  assertFailed(
    await shell.run(makeAdmin("bea"), { stdin: "bea12345" }),
    /password: .*easy to guess/,
  );
  assertFailed(await shell.run(makeAdmin("bea"), { stdin: "" }), /password: Enter the password/);
  const { stdout } = await shell.run(["users", "list", "--json"]);
  assert.equal(JSON.parse(stdout).users.length, 1);
}, { anyDatabase: true });

commandTest(
  "create-admin --promote makes an existing user an admin, and nobody else",
  async (shell) => {
    await shell.run(["seed", "--users", "1"]);
    const [user] = JSON.parse((await shell.run(["users", "list", "--json"])).stdout).users;
    const promote = ["create-admin", "--promote", user.email];
    const unasked = await shell.run(promote);
    assert.equal(unasked.code, 2);
    assert.match(unasked.stderr, /--yes/);
    const show = async () =>
      JSON.parse((await shell.run(["users", "show", user.username, "--json"])).stdout);
    assert.equal((await show()).role, "user");
    const promoted = await shell.run([...promote, "--yes"]);
    assert.match(promoted.stdout, /is an admin.*: sign in at/);
    assert.equal((await show()).role, "admin");
    assertFailed(await shell.run(["create-admin", "--promote", "nobody"]), /nobody/);
  },
  { anyDatabase: true },
);

commandTest(
  "users export writes the users of a filter into a new file of the owner",
  async (shell) => {
    await shell.run(makeAdmin("ada"), { stdin: PASSWORD });
    await shell.run(["seed", "--users", "20"]);
    const path = `${shell.folder}/never.csv`;
    const command = ["users", "export", path, "--signed-in", "never", "--role", "admin", "--bom"];
    const rehearsed = await shell.run([...command, "--dry-run"]);
    assert.equal(rehearsed.stdout, `1 user is in ${path} (dry run: nothing was changed)\n`);
    assert.equal((await shell.run(command)).stdout, `1 user is in ${path}\n`);
    const lines = (await Deno.readTextFile(path)).split("\r\n");
    assert.match(lines[0]!, /^\u{feff}user_id,username,/u);
    assert.match(lines[1]!, /^\d+,ada,ada@example.com,/);
    assert.deepEqual(lines.slice(2), [""]);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertFailed(await shell.run(command), /exists: name another file/);
  },
  { anyDatabase: true },
);

commandTest("users invite sends an invitation, which is the operator's", async (shell) => {
  const { stdout } = await shell.run(["users", "invite", "ana@example.org", "--role", "admin"]);
  assert.equal(stdout, "ana@example.org gets an e-mail with an invitation\n");
  const again = await shell.run(["users", "invite", "bo@example.org", "--json"]);
  const { email, role, invited_by } = JSON.parse(again.stdout);
  assert.deepEqual([email, role, invited_by], ["bo@example.org", "user", "an admin"]);
  const wrong = await shell.run(["users", "invite", "nowhere"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /email/);
}, { anyDatabase: true });

commandTest("users suspends with reason and end, says why, and activates again", async (shell) => {
  await shell.run(makeAdmin("ada"), { stdin: PASSWORD });
  await shell.run(["seed", "--users", "1"]);
  const { users } = JSON.parse(
    (await shell.run(["users", "list", "--json", "--role", "user"])).stdout,
  );
  const name = users[0].username;
  await shell.run(["users", "activate", name]);
  const suspend = ["users", "suspend", name, "--reason", "Left", "--until", "2090-01-31"];
  const rehearsed = await shell.run([...suspend, "--dry-run"]);
  assert.equal(rehearsed.stdout, `${name} is suspended (dry run: nothing was changed)\n`);
  const before = JSON.parse((await shell.run(["users", "why", name, "--json"])).stdout);
  assert.equal(before.can_sign_in, true);
  assert.equal((await shell.run(suspend)).stdout, `${name} is suspended\n`);
  const why = await shell.run(["users", "why", name]);
  assert.match(why.stdout, /cannot sign in:\n.*suspended until 31 Jan 2090, 00:00 UTC \(Left\)/);
  assert.match(why.stdout, /was suspended by task users/);
}, { anyDatabase: true });

commandTest("users undo takes the last action back, also a deletion", async (shell) => {
  await shell.run(makeAdmin("ada"), { stdin: PASSWORD });
  await shell.run(makeAdmin("bea"), { stdin: PASSWORD });
  await shell.run(["users", "suspend", "bea"]);
  await shell.run(["users", "delete", "bea", "--yes"]);
  const undo = ["users", "undo", "bea"];
  assert.match((await shell.run(undo)).stdout, /^bea is as before/);
  assert.match((await shell.run(["users", "show", "bea"])).stdout, /suspended/);
  assert.match((await shell.run(undo)).stdout, /^bea is as before/);
  assertFailed(await shell.run(undo), /There is nothing to take back/);
}, { anyDatabase: true });

commandTest("users deletes only with a confirmation, and restores", async (shell) => {
  await shell.run(makeAdmin("ada"), { stdin: PASSWORD });
  await shell.run(makeAdmin("bea"), { stdin: PASSWORD });
  const unasked = await shell.run(["users", "delete", "bea"]);
  assert.equal(unasked.code, 2);
  assert.match(unasked.stderr, /--yes/);
  assert.equal((await shell.run(["users", "delete", "bea", "--yes"])).code, 0);
  assertFailed(await shell.run(["users", "show", "bea"]), /There is no user bea/);
  assertFailed(await shell.run(["users", "delete", "ada", "--yes"]), /last active admin/);
  assert.equal((await shell.run(["users", "restore", "bea"])).stdout, "bea is restored\n");
  assert.equal((await shell.run(["users", "show", "bea@example.com"])).code, 0);
});

commandTest(
  "users bulk shows whom it is about, asks, does it once, and spares the last admin",
  async (shell) => {
    await shell.run(makeAdmin("ada"), { stdin: PASSWORD });
    await shell.run(makeAdmin("bea"), { stdin: PASSWORD });
    const suspend = ["users", "bulk", "suspend", "--filter", "role=admin"];
    const stateOf = async () =>
      (await shell.db.selectFrom("users").select("status").orderBy("id").execute())
        .map(({ status }) => status);
    const seen = await shell.run([...suspend, "--dry-run"]);
    assert.match(seen.stdout, /^Suspend 2 users \(ada, bea\) \(dry run: nothing was changed\)$/m);
    assert.equal((await shell.run(suspend)).code, 2, "it asks first");
    assert.deepEqual(await stateOf(), ["active", "active"]);
    const done = await shell.run([...suspend, "--reason", "Spam", "--yes"]);
    assert.match(
      done.stdout,
      /^Bulk action \d+: 1 done\. Left out: 1 user, this is the last active/,
    );
    assert.deepEqual(await stateOf(), ["suspended", "active"]);
    const { rows } = await sql<{ actor_name: string; bulk_job: string }>`
    select actor_name, details ->> 'bulk_job' as bulk_job from audit_events
    where action = 'suspend_user'
  `.execute(shell.db);
    assert.deepEqual(rows.map(({ actor_name }) => actor_name), ["task users"]);
    assert.ok(Number(rows[0]?.bulk_job) > 0);
    for (
      const wrong of [["suspend"], ["dance", "--filter", ""], ["suspend", "--filter", "rolle=a"]]
    ) {
      assert.equal(
        (await shell.run(["users", "bulk", ...wrong, "--yes"])).code,
        2,
        wrong.join(" "),
      );
    }
  },
  { anyDatabase: true },
);

commandTest("users changes roles, unlocks, signs out, and finds users by id", async (shell) => {
  await shell.run(makeAdmin("ada"), { stdin: PASSWORD });
  await shell.run(makeAdmin("bea"), { stdin: PASSWORD });
  const { user_id } = JSON.parse((await shell.run(["users", "show", "bea", "--json"])).stdout);
  const setRole = ["users", "set-role", `${user_id}`, "user"];
  const unasked = await shell.run(setRole);
  assert.deepEqual([unasked.code, /--yes/.test(unasked.stderr)], [2, true]);
  assert.equal((await shell.run([...setRole, "--yes"])).stdout, "bea has the role user\n");
  await shell.db.updateTable("users").set({
    failed_logins: 9,
    locked_until: new Date(Date.now() + 3_600_000),
  })
    .where("id", "=", user_id).execute();
  assert.match((await shell.run(["users", "why", "bea"])).stdout, /locked until .* after 9 failed/);
  assert.equal((await shell.run(["users", "unlock", "bea"])).code, 0);
  assert.match((await shell.run(["users", "why", "bea"])).stdout, /^bea can sign in/);
  assert.equal((await shell.run(["users", "sign-out", "bea"])).code, 0);
  assertFailed(await shell.run(["users", "set-role", "ada", "user", "--yes"]), /last active admin/);
  for (
    const [words, sentence] of [
      [["set-role", "ada", "king"], /role: Choose one of .*--help/],
      [["suspend", "bea", "--until", "2030-02-30"], /until: .*--help/],
      [["list", "--limit", "0"], /limit: .*--help/],
    ] as const
  ) {
    const { code, stderr } = await shell.run(["users", ...words]);
    assert.deepEqual([code, sentence.test(stderr)], [2, true], stderr);
  }
}, { anyDatabase: true });

commandTest(
  "users set-password reads it from stdin, refuses a weak one and ends sessions",
  async (shell) => {
    await shell.run(makeAdmin("ada"), { stdin: PASSWORD });
    const hash = () =>
      shell.db.selectFrom("users").select("password_hash").executeTakeFirstOrThrow();
    const before = await hash();
    const set = (stdin: string) => shell.run(["users", "set-password", "ada"], { stdin });
    assertFailed(await set("ada12345"), /password: .*too easy/i);
    assert.deepEqual(await hash(), before);
    const { code, stdout } = await set("twelve green lanterns\n");
    assert.deepEqual([code, stdout], [0, "ada has a new password, and no session\n"]);
    assert.notDeepEqual(await hash(), before);
    const audited = await shell.db.selectFrom("audit_events").select(["action", "details"])
      .orderBy("id", "desc").executeTakeFirstOrThrow();
    assert.deepEqual(audited, { action: "set_password", details: {} });
  },
  { anyDatabase: true },
);

commandTest("users audit names what was changed by SQL, and a seal shows a cut", async (shell) => {
  await shell.run(makeAdmin("ada"), { stdin: PASSWORD });
  await shell.run(["users", "unlock", "ada"]);
  const audit = (...words: string[]) => shell.run(["users", "audit", ...words]);
  const seal = await audit("seal");
  const [hash = ""] = /^[0-9a-f]{64}/.exec(seal.stdout) ?? [];
  const { stdout } = await audit("verify", "--seal", hash);
  assert.match(stdout, /^The audit log is as it was sealed: \d+ entries, 1 seals\n$/);
  assertFailed(await audit("verify", "--seal", "0".repeat(64)), /the end .* was cut off/);
  await shell.db.updateTable("audit_events").set({ actor_name: "eve" }).where("id", "=", 1)
    .execute();
  assertFailed(await audit("verify"), /^Entry 1 of the audit log was changed/);
  assert.equal((await audit("dance")).code, 2);
}, { anyDatabase: true });

Deno.test("users exits with 2 for an unknown action and for missing words", async () => {
  for (const words of [[], ["dance"], ["show"], ["list", "ada"], ["toString"]]) {
    assert.equal((await runTask(["users", ...words], "", {})).code, 2, words.join(" "));
  }
});

commandTest(
  "seed makes up the users of its seed, and more of them the next time",
  async (shell) => {
    const names = () =>
      shell.db.selectFrom("users").select(["username", "email"]).orderBy("id").execute();
    assert.match(
      (await shell.run(["seed", "--users", "3", "--seed", "7"])).stdout,
      /^Made up 3 users/,
    );
    const first = await names();
    await shell.run(["seed", "--users", "2", "--seed", "7"]);
    assert.equal((await names()).length, 5);
    await shell.db.deleteFrom("users").execute();
    await shell.run(["seed", "--users", "3", "--seed", "7"]);
    assert.deepEqual(await names(), first);
    for (const { email } of first) assert.match(email, /@example\.com$/);
  },
);

commandTest("seed makes up nobody in production without a second confirmation", async (shell) => {
  const env = { APP_ENV: "production", APP_URL: "https://people.example.com" };
  assertFailed(await shell.run(["seed", "--users", "1"], { env }), /production.*--force/);
  assert.equal((await shell.run(["seed", "--users", "1", "--force"], { env })).code, 0);
}, { anyDatabase: true });

commandTest("doctor finds nothing but the missing admin, and exits with 0", async (shell) => {
  const env = { SECRET_KEY: "a key of the tests with enough characters" };
  const { code, stdout } = await shell.run(["doctor", "--json"], { env });
  assert.equal(code, 0);
  const findings = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const bad = findings.filter(({ state }) => state !== "ok");
  assert.deepEqual(bad.map(({ check, state, advice }) => [check, state, advice]), [
    ["Admin", "warn", "Run deno task create-admin"],
  ]);
});

Deno.test("doctor lists every fault of the settings and of the services, and exits with 1", async () => {
  const settings = await runTask(["doctor"], "", { PORT: "x", REGISTRATION: "maybe" });
  assert.equal(settings.code, 1);
  assert.match(settings.stdout, /FAIL {2}Settings: PORT is "x"[^]*FAIL {2}Settings: REGISTRATION/);
  const services = await runTask(["doctor"], "", {
    DATABASE_URL: "pglite:memory",
    FTP_URL: "ftps://user:hidden@127.0.0.1:1/",
    SMTP_URL: "smtp://127.0.0.1:1",
    MAIL_FROM: "roster@example.com",
  });
  assert.equal(services.code, 1);
  assert.match(
    services.stdout,
    /WARN {2}Storage[^]*FAIL {2}Database[^]*FAIL {2}FTP[^]*FAIL {2}Mail/,
  );
  assert.doesNotMatch(services.stdout, /hidden/);
});

commandTest("doctor reports settings without effect, and exits with 0", async (shell) => {
  const { code, stdout } = await shell.run(["doctor"], {
    env: { FTP_ULR: "ftps://f.example.com", MAIL_FROM: "a@b.c" },
  });
  assert.equal(code, 0);
  assert.match(stdout, /WARN {2}Settings: FTP_ULR is no setting: did you mean FTP_URL\?/);
  assert.match(stdout, /WARN {2}Settings: MAIL_FROM takes no effect/);
}, { anyDatabase: true });

commandTest(
  "import-users reports what it would do, does it, and overwrites no report",
  async (shell) => {
    const file = `${shell.folder}/flask.sqlite3`;
    await Deno.copyFile("tests/fixtures/flask-datta-able.sqlite3", file);
    // The report goes to the current folder: the file's folder may not be writable.
    const cwd = `${shell.folder}/desk`;
    await Deno.mkdir(cwd);
    const rehearsed = await shell.run(["import-users", file, "--dry-run"], { cwd });
    assert.match(
      rehearsed.stdout,
      /^65 users: 60 would be imported, 9 of them changed, 5 left out\n/,
    );
    const imported = () => shell.db.selectFrom("users").select("id").execute();
    assert.deepEqual(await imported(), []);
    const done = await shell.run(["import-users", file], { cwd });
    assert.match(done.stdout, /^65 users: 60 imported, 9 of them changed, 5 left out\n/);
    assert.equal((await imported()).length, 60);
    const report = await Deno.readTextFile(`${cwd}/flask-import.csv`);
    assert.equal(await Deno.readTextFile(`${cwd}/flask-import-2.csv`), report);
    const again = ["import-users", file, "--report", `${cwd}/flask-import.csv`];
    assertFailed(await shell.run(again), /exists already: name another file/);
    assertFailed(await shell.run(["import-users", `${file}.away`]), /name one that exists/);
  },
);
