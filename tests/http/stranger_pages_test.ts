import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addPerson, signedIn } from "@/tests/kit/people.ts";

/** What differs in every answer. */
const OWN = ["date", "x-request-id"];

appTest(
  "GET /login from memory is what it was when it was rendered, and as strict",
  async (app) => {
    const answers = [];
    for (let i = 0; i < 3; i++) {
      const { status, headers, text } = await app.client().get("/login");
      answers.push({ status, text, headers: [...headers].filter(([name]) => !OWN.includes(name)) });
      assert.doesNotMatch(headers.get("content-security-policy") ?? "", /unsafe-inline/);
    }
    const [rendered, ...remembered] = answers;
    for (const answer of remembered) assert.deepEqual(answer, rendered);
  },
);

appTest("GET /login shows to each stranger what is theirs", async (app) => {
  const plain = await app.client().get("/login");
  const reader = app.client();
  await reader.postForm("/color_mode", { mode: "dark", next: "/login" });
  for (let i = 0; i < 2; i++) {
    assert.match((await reader.get("/login")).text, /data-bs-theme="dark"/);
    assert.match((await app.client().get("/login?next=/profile")).text, /value="\/profile"/);
    assert.equal((await app.client().get("/login")).text, plain.text);
  }
});

appTest("GET /login says once that somebody has signed out, and to nobody else", async (app) => {
  await app.client().get("/login");
  const grace = await signedIn(app, await addPerson(app, "grace"));
  assert.equal((await grace.get("/login")).status, 302);
  await grace.postForm("/logout", {});
  const says = async (client: TestClient) => /signed out/.test((await client.get("/login")).text);
  assert.equal(await says(app.client()), false);
  assert.equal(await says(grace), true);
  assert.equal(await says(grace), false);
});
