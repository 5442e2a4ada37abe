import assert from "node:assert/strict";
import { tempFolder } from "@/tests/kit/temp.ts";
import { TaskError } from "./errors.ts";
import { writeNewFile } from "./new_file.ts";

Deno.test("nothing is read for a file that exists, and the file stays as it is", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/users.csv`;
  const text = (content: string) => () =>
    ReadableStream.from([content]).pipeThrough(new TextEncoderStream());
  await writeNewFile(path, text("first"));
  let isRead = false;
  const second = () => {
    isRead = true;
    return text("second")();
  };
  await assert.rejects(writeNewFile(path, second), TaskError);
  assert.deepEqual([isRead, await Deno.readTextFile(path)], [false, "first"]);
});
