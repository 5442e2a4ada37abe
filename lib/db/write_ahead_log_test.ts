import assert from "node:assert/strict";
import { createPGlite } from "./pglite.ts";
import { checkpointIfLong } from "./write_ahead_log.ts";

Deno.test("the write-ahead log is cut once it is long, and not before", async () => {
  const pglite = await createPGlite();
  await pglite.exec("checkpoint");
  assert.equal(await checkpointIfLong(pglite), false);
  await pglite.exec(
    "create table notes as select repeat('x', 1000) as text from generate_series(1, 70000)",
  );
  assert.equal(await checkpointIfLong(pglite), true);
  assert.equal(await checkpointIfLong(pglite), false);
  await pglite.close();
});
