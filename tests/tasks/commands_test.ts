import assert from "node:assert/strict";
import { migrateDown } from "@/lib/db/migrator.ts";
import { postgresTest } from "../kit/databases.ts";
import { tempFolder } from "../kit/temp.ts";
import { ADMIN_PASSWORD, assertFailed, commandTest, makeAdmin, runTask } from "./command.ts";

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
  assert.equal((await runTask(makeAdmin("ada"), ADMIN_PASSWORD, env)).code, 0);
  assert.match((await runTask(["users", "list"], "", env)).stdout, /ada@example.com/);
});

commandTest(
  "create-admin makes an admin who can sign in with the password from stdin",
  async (shell) => {
    const { code, stdout } = await shell.run(makeAdmin("ada"), {
      stdin: `${ADMIN_PASSWORD}\n`,
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
  await shell.run(makeAdmin("ada"), { stdin: ADMIN_PASSWORD });
  assertFailed(await shell.run(makeAdmin("ADA"), { stdin: ADMIN_PASSWORD }), /username: .*already/);
  assertFailed(
    await shell.run(makeAdmin("b"), { stdin: ADMIN_PASSWORD }),
    /username: .*at least 3/,
  );
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
