import assert from "node:assert/strict";
import { sql } from "kysely";
import { tempFolder } from "@/tests/kit/temp.ts";
import { openDatabase } from "./open_database.ts";

/** Runs `script` in a process of its own, which opens the database in `path` as `open`. */
function startProcess(path: string, script: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { sql } from "kysely";
       import { openDatabase } from "@/lib/db/open_database.ts";
       const open = await openDatabase({ kind: "pglite", path: ${JSON.stringify(path)} });
       const { db } = open;
       ${script}`,
    ],
    stdout: "piped",
  }).spawn();
}

/** The lines that a process writes. */
function linesOf(process: Deno.ChildProcess): ReadableStreamDefaultReader<string> {
  let rest = "";
  return process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(
    new TransformStream<string, string>({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) controller.enqueue(line);
      },
    }),
  ).getReader();
}

/** Reads lines up to the one that is `wanted`, or to the end; gives the last one. */
async function readUntil(
  lines: ReadableStreamDefaultReader<string>,
  wanted?: string,
): Promise<string | undefined> {
  let last: string | undefined;
  for (;;) {
    const { value, done } = await lines.read();
    if (done || value === wanted) return value ?? last;
    last = value;
  }
}

Deno.test("no acknowledged commit is lost when the owner is killed, however often", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/db`;
  const writer = `
    await sql\`create table if not exists notes (id int primary key, text text)\`.execute(db);
    const { rows } = await sql\`select coalesce(max(id), 0)::int as id from notes\`.execute(db);
    for (let id = rows[0].id + 1;; id++) {
      await sql\`insert into notes values (\${id}, repeat('x', 500))\`.execute(db);
      console.log(id);
    }`;
  let acknowledged = 0;
  for (const count of [1, 150, 40]) {
    const process = startProcess(path, writer);
    const lines = linesOf(process);
    assert.equal(
      await readUntil(lines, String(acknowledged + count)),
      String(acknowledged + count),
    );
    process.kill("SIGKILL");
    acknowledged = Number(await readUntil(lines) ?? acknowledged + count);
    await process.status;
  }
  const { db, close } = await openDatabase({ kind: "pglite", path });
  const { rows } = await sql<{ id: number }>`select id from notes order by id`.execute(db);
  await close();
  // The last commit may be stored although its message did not arrive.
  assert.ok(rows.length === acknowledged || rows.length === acknowledged + 1);
  assert.deepEqual(rows.map((row) => row.id), rows.map((_, index) => index + 1));
});

Deno.test("a task that is killed in a transaction leaves nothing behind", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/db`;
  const owner = await openDatabase({ kind: "pglite", path }, "server");
  await sql`create table notes (id int)`.execute(owner.db);
  const task = startProcess(
    path,
    `await db.transaction().execute(async (tx) => {
       await sql\`insert into notes values (1)\`.execute(tx);
       await sql\`set search_path to nowhere\`.execute(tx);
       console.log("in transaction");
       await new Promise(() => setInterval(() => {}, 1000));
     });`,
  );
  assert.equal(await readUntil(linesOf(task), "in transaction"), "in transaction");
  const waiting = sql`select id from notes`.execute(owner.db);
  task.kill("SIGKILL");
  assert.deepEqual((await waiting).rows, []);
  await task.status;
  await owner.close();
});
