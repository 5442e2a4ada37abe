import assert from "node:assert/strict";

/** What a program may put into the log: it comes from requests. */
const ODD = '%s%o%c %% \n{"level":"fatal"}\r\n\u001b[2J';

/** Runs a program that logs, and returns what it has written, a line each. */
async function logged(program: string): Promise<string[]> {
  const { stdout, success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `import { createLogger } from "@/lib/log.ts";${program}`],
    env: { TZ: "Asia/Tokyo" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test("a line of the log is one JSON object with the time in UTC, whatever text is in it", async () => {
  const before = Date.now();
  const lines = await logged(`
    const log = await createLogger({ logFormat: "json", logLevel: "info" });
    const path = ${JSON.stringify(ODD)};
    log.info({ path, password: "secret", body: { token: "secret" } }, "Request");
    log.warn({ err: new Error(path) }, "Request failed");
  `);
  assert.equal(lines.length, 2);
  const [request, failure] = lines.map((line) => JSON.parse(line));
  assert.deepEqual([request.level, request.msg, request.path], ["info", "Request", ODD]);
  assert.deepEqual([request.password, request.body.token], ["…", "…"]);
  assert.equal(failure.err.message, ODD);
  for (const { time } of [request, failure]) {
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(Date.parse(time) >= before && Date.parse(time) <= Date.now(), time);
  }
});
