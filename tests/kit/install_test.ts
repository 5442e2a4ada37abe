import assert from "node:assert/strict";
import { onceUnlocked } from "./install.ts";

const HELD = "apt-get failed:\nE: Could not get lock /var/lib/dpkg/lock-frontend. It is held by 7";

Deno.test("onceUnlocked() waits for another process that has apt's lock, and says so once", async () => {
  const said: string[] = [];
  let attempts = 0;
  const command = () => ++attempts < 4 ? Promise.reject(new Error(HELD)) : Promise.resolve();
  await onceUnlocked(command, (sentence) => said.push(sentence), 1);
  assert.equal(attempts, 4);
  assert.deepEqual(said, ["Waiting for another process that installs programs"]);
});

Deno.test("onceUnlocked() waits for nothing else", async () => {
  const failing = () => Promise.reject(new Error("E: Unable to locate package"));
  await assert.rejects(onceUnlocked(failing, assert.fail, 1), /locate package/);
});
