import assert from "node:assert/strict";
import { closingLine, judge, readSkipped, readSummary } from "./report.ts";

const PASSED = "a ... ok (1ms)\n\nok | 3 passed (1 step) | 0 failed | 1 ignored (2s)\n";
const FAILED = "\x1b[31mFAILED\x1b[0m | 3 passed | 2 failed (1 step) | 1 ignored | 4 filtered out";
const JUNIT = "<testsuites></testsuites>";
const JUNIT_SKIPPED = `<testcase name="a &quot;b&quot; &lt;c&gt;" time="0.0">
    <skipped/>
  </testcase><testcase name="ran"></testcase>`;

Deno.test("readSummary() reads the closing line, with and without steps and colours", () => {
  assert.deepEqual(readSummary(PASSED), { passed: 3, failed: 0, skipped: 1 });
  assert.deepEqual(readSummary(FAILED), { passed: 3, failed: 2, skipped: 1 });
  assert.deepEqual(readSummary("ok | 1 passed | 0 failed (1ms)"), {
    passed: 1,
    failed: 0,
    skipped: 0,
  });
});

Deno.test("readSummary() finds nothing in the output of a runner that broke off", () => {
  assert.equal(readSummary("running 4 tests from ./a_test.ts\na ... ok (1ms)\n"), undefined);
});

Deno.test("readSkipped() names the tests that did not run", () => {
  assert.deepEqual(readSkipped(JUNIT_SKIPPED), ['a "b" <c>']);
});

Deno.test("judge() passes a run that passed, and names what it skipped", () => {
  const verdict = judge({ exitCode: 0, output: PASSED, junit: JUNIT_SKIPPED }, "lenient");
  assert.equal(verdict.exitCode, 0);
  assert.deepEqual(verdict.remarks, ['skipped: a "b" <c>']);
  assert.equal(closingLine(verdict), "3 passed, 0 failed, 1 skipped");
});

Deno.test("judge() fails a run that skipped a test when it is strict", () => {
  const end = { exitCode: 0, output: PASSED, junit: JUNIT_SKIPPED };
  assert.equal(judge(end, "strict").exitCode, 1);
});

const BROKEN = [
  ["ended before its closing line", { exitCode: 0, output: "a ... ok (1ms)", junit: JUNIT }],
  ["ended before its report", { exitCode: 0, output: PASSED, junit: undefined }],
  ["was killed", { exitCode: 137, output: "", junit: undefined }],
  ["failed with no failed test", { exitCode: 1, output: PASSED, junit: JUNIT }],
  ["ran nothing", { exitCode: 0, output: "ok | 0 passed | 0 failed (0ms)", junit: JUNIT }],
] as const;

for (const [what, end] of BROKEN) {
  Deno.test(`judge() counts a failure when the runner ${what}`, () => {
    const verdict = judge(end, "lenient");
    assert.equal(verdict.exitCode, 1);
    assert.equal(verdict.failed, 1);
    assert.equal(verdict.remarks.length, 1);
  });
}

Deno.test("judge() leaves the count of failed tests as it is", () => {
  const verdict = judge({ exitCode: 1, output: FAILED, junit: JUNIT }, "lenient");
  assert.equal(verdict.exitCode, 1);
  assert.equal(verdict.failed, 2);
});
