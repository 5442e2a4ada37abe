import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { AuditSentence } from "@/components/AuditSentence.tsx";

function sentence(
  actor: string,
  action: string,
  target: string | null,
  real_actor: string | null = null,
): string {
  const ids = {
    id: 1,
    actor_id: 2,
    real_actor_id: real_actor === null ? null : 3,
    target_id: null,
  };
  const event = { ...ids, at: "2030-01-31T12:00:00Z", actor, real_actor, action, target };
  return renderToString(<AuditSentence event={event} />).replaceAll(/<[^>]+>/g, "").trim();
}

Deno.test("AuditSentence names whoever signed in, whom the trail knows as the target", () => {
  assert.equal(sentence("anonymous", "sign_in", "ada"), "ada signed in");
});

Deno.test("AuditSentence says who did what to whom", () => {
  assert.equal(sentence("ada", "suspend_user", "bo"), "ada suspended bo");
  assert.equal(sentence("task seed", "seed_users", null), "task seed made up sample users");
});

Deno.test("AuditSentence names an admin who viewed as somebody else, and that user", () => {
  assert.equal(sentence("ana", "edit_user", "ana", "bo"), "bo (viewing as ana) edited ana");
  assert.equal(
    sentence("ana", "sign_in", "cleo", "bo"),
    "cleo signed in, done by bo (viewing as ana)",
  );
});

Deno.test("AuditSentence of a failed sign-in does not pretend to know who it was", () => {
  assert.equal(sentence("anonymous", "sign_in_failed", "ada"), "Somebody failed to sign in as ada");
  assert.equal(
    sentence("anonymous", "sign_in_failed", null),
    "Somebody failed to sign in as an unknown user",
  );
});
