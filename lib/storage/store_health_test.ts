import assert from "node:assert/strict";
import { StoreHealth } from "./store_health.ts";

/** A store whose answers the test gives, in the order of the questions. */
function askedStore() {
  const questions: PromiseWithResolvers<void>[] = [];
  const check = () => {
    const question = Promise.withResolvers<void>();
    questions.push(question);
    return question.promise;
  };
  return { check, questions };
}

Deno.test("findFailure() asks once for all who want to know at the same time", async () => {
  const store = askedStore();
  const health = new StoreHealth(store);
  const answers = Promise.all([health.findFailure(), health.findFailure()]);
  store.questions[0]?.reject(new Error("full"));
  assert.deepEqual(await answers, ["full", "full"]);
  assert.equal(await health.findFailure(), "full");
  assert.equal(store.questions.length, 1);
});

Deno.test("findFailure() gives the old answer while it looks for a new one", async () => {
  const store = askedStore();
  const health = new StoreHealth(store, { freshMs: 0 });
  const first = health.findFailure();
  store.questions[0]?.resolve();
  assert.equal(await first, undefined);
  assert.equal(await health.findFailure(), undefined);
  store.questions[1]?.reject(new Error("down"));
  await health.settled();
  assert.equal(await health.findFailure(), "down");
  store.questions[2]?.resolve();
  await health.settled();
});

Deno.test("findFailure() does not wait for a store that says nothing", async () => {
  const store = askedStore();
  const health = new StoreHealth(store, { patienceMs: 0 });
  assert.equal(await health.findFailure(), "No answer");
  store.questions[0]?.resolve();
  await health.settled();
  assert.equal(await health.findFailure(), undefined);
});
