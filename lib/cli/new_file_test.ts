import assert from "node:assert/strict";
import { tempFolder } from "@/tests/kit/temp.ts";
import { TaskError } from "./errors.ts";
import { writeNewFile } from "./new_file.ts";

function stream(texts: Iterable<string> | AsyncIterable<string>) {
  return ReadableStream.from(texts).pipeThrough(new TextEncoderStream());
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

Deno.test("nothing is read for a file that exists, and the file stays as it is", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/users.csv`;
  for (const taken of [path, `${path}.part`]) {
    await Deno.writeTextFile(taken, "first");
    let isRead = false;
    const second = () => {
      isRead = true;
      return stream(["second"]);
    };
    await assert.rejects(
      writeNewFile(path, second),
      (error) => error instanceof TaskError && error.message.startsWith(`${taken} exists: `),
    );
    assert.deepEqual([isRead, await Deno.readTextFile(taken)], [false, "first"]);
    await Deno.remove(taken);
  }
});

Deno.test("a file has its name when it is whole, and nothing is left of half a file", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/users.csv`;
  const seen: string[][] = [];
  const content = (end: () => string) => () =>
    stream((async function* () {
      yield "first,";
      seen.push(await namesIn(folder.path));
      yield end();
    })());
  const lost = new Error("The connection is lost");
  const fail = () => {
    throw lost;
  };
  await assert.rejects(writeNewFile(path, content(fail)), (error) => error === lost);
  assert.deepEqual(await namesIn(folder.path), []);
  await writeNewFile(path, content(() => "second"));
  assert.deepEqual(seen, [["users.csv.part"], ["users.csv.part"]]);
  assert.deepEqual(await namesIn(folder.path), ["users.csv"]);
  assert.equal(await Deno.readTextFile(path), "first,second");
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
});

Deno.test("a file that somebody makes meanwhile stays theirs", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/users.csv`;
  const content = () =>
    stream((async function* () {
      await Deno.writeTextFile(path, "theirs");
      yield "ours";
    })());
  await assert.rejects(writeNewFile(path, content), TaskError);
  assert.deepEqual(await namesIn(folder.path), ["users.csv"]);
  assert.equal(await Deno.readTextFile(path), "theirs");
});
