import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";

appTest(
  "the page of a mailed link hides its URL from other sites and does not use the link up",
  async (app) => {
    const answer = await app.client().get("/verify_email?token=secret");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    assert.match(answer.text, /<form[^>]*action="\/verify_email"/);
  },
);
