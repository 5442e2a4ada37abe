import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { addPerson, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { ageProofs, codeOf, turnOn, wrongCode } from "@/tests/kit/second_factor.ts";

const NEW_PASSWORD = "twelve green lanterns";
const PAGES = ["/change_password", "/set_up_two_factor", "/recovery_codes", "/turn_off_two_factor"];

appTest("pages that change how one signs in ask for a proof of the last 5 minutes", async (app) => {
  const ana = await addPerson(app, "ana");
  const browser = await signedIn(app, ana);
  for (const path of PAGES) assert.equal((await browser.get(path)).status, 200, path);
  await ageProofs(app, 6);
  for (const path of PAGES) {
    const answer = await browser.get(path);
    const location = answer.headers.get("location");
    assert.deepEqual([answer.status, location], [303, `/step_up?next=${encodeURIComponent(path)}`]);
    const { status, text } = await browser.getJson(path);
    assert.deepEqual([status, JSON.parse(text).next], [403, "/step_up"]);
  }
  const fields = { password: PASSWORD, next: "/change_password" };
  const proven = await browser.postForm("/step_up", fields);
  assert.deepEqual([proven.status, proven.headers.get("location")], [303, "/change_password"]);
  assert.equal((await browser.get("/change_password")).status, 200);
});

appTest("a form that was opened in time is taken for 15 minutes", async (app) => {
  const ana = await addPerson(app, "ana");
  const browser = await signedIn(app, ana);
  const fields = {
    viewer_id: String(ana.user_id),
    current_password: PASSWORD,
    password: NEW_PASSWORD,
    password2: NEW_PASSWORD,
  };
  await ageProofs(app, 16);
  const late = await browser.postForm("/change_password", fields);
  assert.equal(late.status, 403);
  assert.match(late.text, /Confirm that it is you/);
  assert.match(late.text, /name="kept_path" value="\/change_password"/);
  for (const secret of [PASSWORD, NEW_PASSWORD]) assert.equal(late.text.includes(secret), false);
  const script = await browser.sendJson("POST", "/change_password", fields);
  assert.equal(script.status, 403);
  await ageProofs(app, 14);
  assert.equal((await browser.postForm("/change_password", fields)).status, 303);
});

appTest("after the proof the form opens again that was being sent", async (app) => {
  const ana = await addPerson(app, "ana");
  const { browser, secret } = await turnOn(app, ana);
  await ageProofs(app, 16);
  const late = await browser.postForm("/turn_off_two_factor", { viewer_id: String(ana.user_id) });
  const [, kept = ""] = /name="kept" value="([^"]*)"/.exec(late.text) ?? [];
  const back = await browser.postForm("/step_up", {
    viewer_id: String(ana.user_id),
    kept_path: "/turn_off_two_factor",
    kept: kept.replaceAll("&quot;", '"'),
    code: await codeOf(secret),
  });
  assert.equal(back.status, 200);
  assert.match(back.text, /action="\/turn_off_two_factor"/);
  assert.equal((await browser.postForm("/turn_off_two_factor", {})).status, 303);
});

appTest("with a second factor a code is asked for, and the password is not enough", async (app) => {
  const { browser, secret, codes } = await turnOn(app, await addPerson(app, "ana"));
  await ageProofs(app, 16);
  assert.match((await browser.get("/step_up")).text, /name="code"/);
  const proofs = [
    { password: PASSWORD },
    { password: PASSWORD, code: await wrongCode(secret) },
  ];
  for (const proof of proofs) {
    assert.equal((await browser.sendJson("POST", "/step_up", proof)).status, 422);
    assert.equal((await browser.sendJson("POST", "/recovery_codes", {})).status, 403);
  }
  for (const code of [await codeOf(secret), codes[0]!]) {
    await ageProofs(app, 16);
    assert.equal((await browser.sendJson("POST", "/step_up", { code })).status, 200, code);
    assert.equal((await browser.getJson("/recovery_codes")).status, 200);
  }
});

appTest("a proof replaces the session by a new one", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  const [name, old] = [...browser.cookies()][0]!;
  const answer = await browser.sendJson("POST", "/step_up", { password: PASSWORD });
  assert.equal(answer.status, 200);
  const thief = app.client();
  thief.keep(`${name}=${old}`);
  assert.equal((await thief.getJson("/profile")).status, 401);
  assert.equal((await browser.getJson("/profile")).status, 200);
});

appTest("a proof for somebody else is refused, and the waiting form is dropped", async (app) => {
  const [ana, bo] = [await addPerson(app, "ana"), await addPerson(app, "bo")];
  const browser = await signedIn(app, bo);
  const kept = JSON.stringify({ viewer_id: String(ana.user_id) });
  const fields = { kept_path: "/turn_off_two_factor", kept, password: PASSWORD };
  const foreign = await browser.postForm("/step_up", { ...fields, viewer_id: String(ana.user_id) });
  assert.equal(foreign.status, 409);
  const own = await browser.postForm("/step_up", { ...fields, viewer_id: String(bo.user_id) });
  assert.deepEqual([own.status, own.headers.get("location")], [303, "/security"]);
});

appTest("a wrong password proves nothing", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  await ageProofs(app, 16);
  const answer = await browser.sendJson("POST", "/step_up", { password: "wrong password" });
  assert.equal(answer.status, 422);
  assert.equal((await browser.getJson("/change_password")).status, 403);
});

appTest("/step_up leads to paths of this site only", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  for (const next of ["//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
    const answer = await browser.postForm("/step_up", { password: PASSWORD, next });
    assert.equal(answer.headers.get("location"), "/security", next);
  }
});
