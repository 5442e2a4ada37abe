/** `deno task users import`: the same import as on the page, from the command line. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { commandTest, type Shell } from "./command.ts";

const FILE = [
  "Mail address;Login;Name;Team",
  "ana@example.org;ana;Ana Lima;Sales",
  "nowhere;bob;Bob;Sales",
  "cleo@example.org;=cleo;Cleo;Sales",
  "dan@example.org;dan;Dan Iverson;Sales",
].join("\n");

const COLUMNS = ["--columns", "email=Mail address, bio=4"];

/** Writes a CSV file and returns its path. */
async function write({ folder }: Shell, name: string, text: string): Promise<string> {
  const path = `${folder}/${name}`;
  await Deno.writeTextFile(path, text);
  return path;
}

/** Returns username and bio of all users. */
async function usersOf({ db }: Shell): Promise<(string | null)[][]> {
  const rows = await db.selectFrom("users as u").innerJoin(
    "user_profiles as p",
    "p.user_id",
    "u.id",
  )
    .select(["u.username", "p.full_name", "p.bio"]).orderBy("u.username").execute();
  return rows.map(({ username, full_name, bio }) => [username, full_name, bio]);
}

async function importsOf({ db }: Shell): Promise<number> {
  return (await db.selectFrom("user_imports").select("id").execute()).length;
}

commandTest(
  "users import checks, asks, adds users, and hands over the refused rows",
  async (shell) => {
    const path = await write(shell, "people.csv", FILE);
    const command = ["users", "import", path, ...COLUMNS];

    const seen = await shell.run([...command, "--dry-run", "--json"]);
    assert.equal(seen.code, 0, seen.stderr);
    assert.deepEqual(JSON.parse(seen.stdout).counts, { new: 2, refused: 2 });
    const asked = await shell.run(command);
    assert.deepEqual([asked.code, asked.stdout], [2, ""]);
    assert.match(asked.stderr, /--yes/);
    assert.deepEqual(
      [await usersOf(shell), await importsOf(shell)],
      [[], 0],
      "nothing has happened",
    );

    const refusedPath = `${shell.folder}/refused.csv`;
    const done = await shell.run([...command, "--refused", refusedPath, "--yes"]);
    assert.deepEqual([done.code, done.stdout], [1, ""], "somebody was refused");
    assert.match(
      done.stderr,
      /email from "Mail address", username from "Login", .*: 2 added, 2 refused\. .*refused\.csv/,
    );
    const added = [["ana", "Ana Lima", "Sales"], ["dan", "Dan Iverson", "Sales"]];
    assert.deepEqual(await usersOf(shell), added);
    const { rows } = await sql`
    select distinct action, actor_name from audit_events
    where action in ('import_users', 'start_import') order by action
  `.execute(shell.db);
    assert.deepEqual(rows, [
      { action: "import_users", actor_name: "task users" },
      { action: "start_import", actor_name: "task users" },
    ]);

    const refused = await Deno.readTextFile(refusedPath);
    assert.equal((await Deno.stat(refusedPath)).mode! & 0o777, 0o600);
    assert.match(refused, /^Mail address,Login,Name,Team,import_reason\r\nnowhere,bob,Bob,Sales,/);
    const again = await shell.run([...command, "--refused", refusedPath, "--yes"]);
    assert.match(again.stderr, /refused\.csv exists: name another file/);
    const mended = refused.replace("nowhere", "bob@example.org").replace("'=cleo", "cleo");
    await Deno.writeTextFile(refusedPath, mended);
    const rest = await shell.run(["users", "import", refusedPath, ...COLUMNS, "--yes"]);
    assert.deepEqual([rest.code, rest.stderr], [0, ""]);
    assert.match(rest.stdout, /: 2 added$/m);
    assert.equal((await usersOf(shell)).length, 4);
  },
);

commandTest(
  "users import changes users who are here, and sends links with --invite",
  async (shell) => {
    const first = await write(shell, "first.csv", "email,username\nana@example.org,ana");
    const invited = await shell.run(["users", "import", first, "--invite", "--yes"]);
    assert.deepEqual([invited.code, invited.stderr], [0, ""]);
    const letters = await shell.db.selectFrom("jobs").select("kind").where("kind", "=", "letter")
      .execute();
    assert.equal(letters.length, 1);
    const second = await write(shell, "second.csv", "email,bio\nana@example.org,Sales");
    const changed = await shell.run(["users", "import", second, "--yes"]);
    assert.match(changed.stdout, /^email from "email", bio from "bio": 1 changed$/m);
    assert.deepEqual(await usersOf(shell), [["ana", "", "Sales"]]);
    const same = await shell.run(["users", "import", second]);
    assert.deepEqual([same.code, same.stderr], [0, ""], "there is nothing to ask");
    assert.match(same.stdout, /: 1 the same as here$/m);
  },
  { anyDatabase: true },
);

commandTest("users import says what is wrong with a file or its columns", async (shell) => {
  const path = await write(shell, "people.csv", FILE);
  const cases: readonly [args: string[], code: number, sentence: RegExp][] = [
    [[`${shell.folder}/none.csv`], 1, /^Cannot read .*none\.csv/m],
    [[await write(shell, "empty.csv", "")], 1, /The file is empty/],
    [[path], 1, /Choose the column of the address/],
    [[path, "--columns", "mail=1"], 2, /FIELD=COLUMN instead of mail=1, .* email, username/],
    [[path, "--columns", "email=5"], 2, /no column 5, only Mail address, Login, Name, Team/],
    [[path, "--columns", "email"], 2, /FIELD=COLUMN instead of email/],
  ];
  for (const [args, code, sentence] of cases) {
    const ended = await shell.run(["users", "import", ...args, "--yes"]);
    assert.deepEqual([ended.code, ended.stdout], [code, ""], args.join(" "));
    assert.match(ended.stderr, sentence);
  }
  assert.equal(await importsOf(shell), 0);
}, { anyDatabase: true });
