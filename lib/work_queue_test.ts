import assert from "node:assert/strict";
import { QueueFullError, WorkQueue } from "@/lib/work_queue.ts";

Deno.test("WorkQueue.run() never runs more at a time than allowed, and keeps the order", async () => {
  const queue = new WorkQueue(2, 10);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  await Promise.all([0, 1, 2, 3, 4, 5].map((number) =>
    queue.run(async () => {
      started.push(number);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
    })
  ));
  assert.equal(most, 2);
  assert.deepEqual(started, [0, 1, 2, 3, 4, 5]);
});

Deno.test("WorkQueue.run() refuses what does not fit, and takes work again afterwards", async () => {
  const queue = new WorkQueue(1, 1);
  const gate = Promise.withResolvers<string>();
  const first = queue.run(() => gate.promise);
  const second = queue.run(() => Promise.resolve("second"));
  await assert.rejects(queue.run(() => Promise.resolve("third")), QueueFullError);
  gate.resolve("first");
  assert.deepEqual(await Promise.all([first, second]), ["first", "second"]);
  assert.equal(await queue.run(() => Promise.resolve("fourth")), "fourth");
});

Deno.test("WorkQueue.run() leaves room for others when one client has filled its share", async () => {
  const queue = new WorkQueue(1, 3, 2);
  const gate = Promise.withResolvers<string>();
  const own = ["running", "first", "second"].map(() => queue.run(() => gate.promise, "greedy"));
  await assert.rejects(queue.run(() => gate.promise, "greedy"), QueueFullError);
  const other = queue.run(() => Promise.resolve("other"), "modest");
  gate.resolve("own");
  assert.deepEqual(await Promise.all([...own, other]), ["own", "own", "own", "other"]);
});

Deno.test("WorkQueue.run() passes a failure on and goes on with the next", async () => {
  const queue = new WorkQueue(1, 1);
  const failing = queue.run(() => Promise.reject(new Error("broken")));
  const next = queue.run(() => Promise.resolve("next"));
  await assert.rejects(failing, /broken/);
  assert.equal(await next, "next");
});
