import assert from "node:assert/strict";
import { eventOfUser } from "./audit_words.ts";

Deno.test("eventOfUser() says in words what happened, and from where or by whom", () => {
  const ip = "203.0.113.9";
  const said = [
    eventOfUser({ action: "sign_in", actor: "anonymous", ip }),
    eventOfUser({ action: "sign_in_failed", actor: "anonymous", ip }),
    eventOfUser({ action: "change_password", actor: "ada", ip }),
    eventOfUser({ action: "suspend_user", actor: "admin", ip }),
    eventOfUser({ action: "sign_out_user", actor: "task users", ip: null }),
  ];
  assert.deepEqual(said, [
    "signed in from 203.0.113.9",
    "failed to sign in from 203.0.113.9",
    "changed the password from 203.0.113.9",
    "was suspended by admin",
    "was signed out everywhere by task users",
  ]);
});
