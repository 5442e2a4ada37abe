import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { ImageCache } from "@/lib/storage/image_cache.ts";

const BYTES = new Uint8Array([1, 2, 3]);

Deno.test("ImageCache.get() loads a file once for all who ask at the same time", async () => {
  let loads = 0;
  const gate = Promise.withResolvers<Uint8Array>();
  const cache = new ImageCache(() => {
    loads++;
    return gate.promise;
  });
  const asked = Promise.all(Array.from({ length: 100 }, () => cache.get("a")));
  gate.resolve(BYTES);
  assert.ok((await asked).every((bytes) => bytes?.byteLength === 3));
  assert.deepEqual(await cache.get("a"), BYTES);
  assert.equal(loads, 1);
});

Deno.test("ImageCache.get() asks again for what was not there", async () => {
  const found = [undefined, BYTES];
  const cache = new ImageCache(() => Promise.resolve(found.shift()));
  assert.equal(await cache.get("a"), undefined);
  assert.deepEqual(await cache.get("a"), BYTES);
});

Deno.test("ImageCache.get() passes a failure on and asks again the next time", async () => {
  const answers = [() => Promise.reject(new Error("down")), () => Promise.resolve(BYTES)];
  const cache = new ImageCache(() => answers.shift()?.() ?? Promise.resolve(undefined));
  await assert.rejects(cache.get("a"), /down/);
  assert.deepEqual(await cache.get("a"), BYTES);
});

Deno.test("ImageCache.get() serves an old copy when loading fails", async () => {
  const cache = new ImageCache(() => Promise.reject(new Error("down")), { freshMs: 1 });
  cache.remember([{ name: "a", bytes: BYTES }]);
  await pause(5);
  assert.deepEqual(await cache.get("a"), BYTES);
  assert.deepEqual(await cache.get("a"), BYTES);
});

Deno.test("ImageCache.remember() serves without loading", async () => {
  const cache = new ImageCache(() => Promise.reject(new Error("not asked for")));
  cache.remember([{ name: "a", bytes: BYTES }]);
  assert.deepEqual(await cache.get("a"), BYTES);
});

Deno.test("ImageCache.remember() tells the other workers", async () => {
  using mine = channel();
  using theirs = channel();
  const here = new ImageCache(notThere, { siblings: mine.channel });
  const there = new ImageCache(notThere, { siblings: theirs.channel });
  const told = new Promise((resolve) => theirs.channel.addEventListener("message", resolve));
  here.remember([{ name: "a", bytes: BYTES }]);
  await told;
  assert.deepEqual(await there.get("a"), BYTES);
});

Deno.test("ImageCache keeps no more than 64 MiB", async () => {
  let loads = 0;
  const cache = new ImageCache(() => {
    loads++;
    return Promise.resolve(new Uint8Array(1024 * 1024));
  });
  for (let index = 0; index < 65; index++) await cache.get(String(index));
  await cache.get("64");
  assert.equal(loads, 65);
  await cache.get("0");
  assert.equal(loads, 66);
});

function notThere(): Promise<undefined> {
  return Promise.resolve(undefined);
}

function channel(): Disposable & { readonly channel: BroadcastChannel } {
  const channel = new BroadcastChannel("image_cache_test");
  return { channel, [Symbol.dispose]: () => channel.close() };
}
