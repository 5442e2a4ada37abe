import assert from "node:assert/strict";
import { familySeconds, processorSeconds } from "./processor_time.ts";

/** Computes in a child, says so when the child has ended, and waits. */
const SCRIPT = `awk 'BEGIN { while (i < 5000000) i++ }'; echo ended; cat`;

Deno.test({
  name: "familySeconds() counts children that have ended",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using shell = new Deno.Command("sh", {
      args: ["-c", SCRIPT],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = shell.stdout.getReader();
    await reader.read();
    assert.ok(familySeconds(shell.pid) > processorSeconds(shell.pid) + 0.05);
    await shell.stdin.close();
    await reader.cancel();
    await shell.status;
  },
});
