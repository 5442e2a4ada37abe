/** `deno task users`. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { ADMIN_PASSWORD, assertFailed, commandTest, makeAdmin, runTask } from "./command.ts";

commandTest(
  "users export writes the users of a filter into a new file of the owner",
  async (shell) => {
    await shell.run(makeAdmin("ada"), { stdin: ADMIN_PASSWORD });
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
  await shell.run(makeAdmin("ada"), { stdin: ADMIN_PASSWORD });
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
  await shell.run(makeAdmin("ada"), { stdin: ADMIN_PASSWORD });
  await shell.run(makeAdmin("bea"), { stdin: ADMIN_PASSWORD });
  await shell.run(["users", "suspend", "bea"]);
  await shell.run(["users", "delete", "bea", "--yes"]);
  const undo = ["users", "undo", "bea"];
  assert.match((await shell.run(undo)).stdout, /^bea is as before/);
  assert.match((await shell.run(["users", "show", "bea"])).stdout, /suspended/);
  assert.match((await shell.run(undo)).stdout, /^bea is as before/);
  assertFailed(await shell.run(undo), /There is nothing to take back/);
}, { anyDatabase: true });

commandTest("users deletes only with a confirmation, and restores", async (shell) => {
  await shell.run(makeAdmin("ada"), { stdin: ADMIN_PASSWORD });
  await shell.run(makeAdmin("bea"), { stdin: ADMIN_PASSWORD });
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
    await shell.run(makeAdmin("ada"), { stdin: ADMIN_PASSWORD });
    await shell.run(makeAdmin("bea"), { stdin: ADMIN_PASSWORD });
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
  await shell.run(makeAdmin("ada"), { stdin: ADMIN_PASSWORD });
  await shell.run(makeAdmin("bea"), { stdin: ADMIN_PASSWORD });
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
    await shell.run(makeAdmin("ada"), { stdin: ADMIN_PASSWORD });
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
  await shell.run(makeAdmin("ada"), { stdin: ADMIN_PASSWORD });
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
