import assert from "node:assert/strict";
import fc from "fast-check";
import { judgePassword, MAX_STRENGTH, STRENGTH_LABELS } from "@/lib/shared/strength.ts";

Deno.test("judgePassword() finds a password of every list very weak, and says why", async () => {
  const { score, label, warning } = await judgePassword("password1", []);
  assert.deepEqual([score, label], [0, "Very weak"]);
  assert.notEqual(warning, "");
});

Deno.test("judgePassword() finds four odd words strong and has no advice for them", async () => {
  const strength = await judgePassword("orbit-velvet-tractor-mumble", []);
  assert.equal(strength.score, MAX_STRENGTH);
  assert.deepEqual(strength.suggestions, []);
});

Deno.test("judgePassword() marks down what is made of the user's own name or address", async () => {
  const password = "zbigniewkowalczyk";
  const alone = await judgePassword(password, []);
  const own = await judgePassword(password, ["zbigniew.kowalczyk@example.com"]);
  assert.ok(own.score < alone.score, `${own.score} < ${alone.score}`);
});

Deno.test("judgePassword() marks down what is made of the application's name", async () => {
  const { score } = await judgePassword("Roster!2026", []);
  assert.ok(score < 3, String(score));
});

Deno.test("judgePassword() has a label for every text, whatever the user is called", async () => {
  const text = fc.string({ unit: "binary", maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(text, fc.array(text, { maxLength: 3 }), async (password, userInputs) => {
      const { score, label } = await judgePassword(password, userInputs);
      assert.equal(label, STRENGTH_LABELS[score]);
    }),
  );
});
