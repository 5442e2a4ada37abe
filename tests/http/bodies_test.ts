import assert from "node:assert/strict";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { addPerson, everythingOf, PASSWORD, signedIn } from "@/tests/kit/people.ts";

const FORM = "application/x-www-form-urlencoded";
const LOGIN = { username: "grace", password: PASSWORD };

function post(app: TestApp, contentType: string | undefined, body: BodyInit) {
  const headers = new Headers({ accept: "application/json", origin: app.origin });
  if (contentType !== undefined) headers.set("content-type", contentType);
  return app.client().send("/login", { method: "POST", headers, body });
}

appTest("a request may be a form, multipart or JSON", async (app) => {
  await addPerson(app, "grace");
  const multipart = new FormData();
  for (const [name, value] of Object.entries(LOGIN)) multipart.set(name, value);
  const answers = [
    await post(app, FORM, new URLSearchParams(LOGIN).toString()),
    await post(app, `${FORM}; charset=UTF-8`, new URLSearchParams(LOGIN).toString()),
    await post(app, undefined, multipart),
    await post(app, "application/json", JSON.stringify(LOGIN)),
    await post(app, "Application/JSON; charset=utf-8", JSON.stringify(LOGIN)),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200, 200]);
});

appTest("a body that cannot be read is 400", async (app) => {
  const latin1 = new Uint8Array([...new TextEncoder().encode("username=gr"), 0xe9]);
  const bodies: [string, BodyInit][] = [
    ["application/json", ""],
    ["application/json", "{"],
    ["application/json", "null"],
    ["application/json", "[]"],
    ["application/json", '"text"'],
    ["application/json", '{"username": {"$ne": ""}, "password": ["a"]}'],
    ["application/json", new Uint8Array([0x7b, 0xff, 0x7d])],
    [FORM, latin1],
    ["multipart/form-data", "username=grace"],
    ["multipart/form-data; boundary=x", "--y\r\n\r\n"],
  ];
  for (const [type, body] of bodies) {
    const answer = await post(app, type, body);
    assert.equal(answer.status, 400, `${type}: ${body}`);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
  }
});

appTest("a repeated field is 400, wherever it is", async (app) => {
  const multipart = new FormData();
  multipart.append("username", "ada");
  multipart.append("username", "grace");
  const answers = [
    await post(app, FORM, "username=ada&username=grace&password=x"),
    await post(app, undefined, multipart),
    await app.client().getJson("/email_exists?email=a@example.org&email=b@example.org"),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [400, 400, 400]);
});

appTest("a body of another type is 415", async (app) => {
  for (const type of ["text/plain", "application/xml", "text/json", undefined]) {
    const body = new TextEncoder().encode(JSON.stringify(LOGIN));
    assert.equal((await post(app, type, body)).status, 415, `${type}`);
  }
});

appTest("a body that is too long is 413, before all of it was sent", async (app) => {
  const chunk = new Uint8Array(64 * 1024).fill(0x61);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      sent += chunk.length;
      // Far more than the server reads, so that only a limit ends it early.
      if (sent > 512 * 1024 * 1024) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const answer = await post(app, FORM, endless);
  assert.equal(answer.status, 413);
  assert.ok(sent < 256 * 1024 * 1024, `${sent} bytes were sent`);
});

appTest("multipart takes a picture and its fields, and no more", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const body = new FormData();
  body.set("user_id", String(person.user_id));
  body.set("bio", "with a picture");
  body.set("image", new File([new Uint8Array(6 * 1024 * 1024)], "a.png", { type: "image/png" }));
  const headers = { accept: "application/json", origin: app.origin };
  const answer = await browser.send("/edit_user", { method: "PUT", headers, body });
  assert.equal(answer.status, 413);
  assert.equal((await everythingOf(app, person))[1]?.bio, "");
});

appTest("a signed-out visitor cannot send more than the size of a form", async (app) => {
  const body = new FormData();
  body.set("username", "grace");
  body.set("password", "x".repeat(64 * 1024));
  assert.equal((await post(app, undefined, body)).status, 413);
});

appTest("a body with very many parts is refused before they are parsed", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const part = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const send = (count: number) => {
    const many = Array.from({ length: count }, (_, index) => part(`field${index}`, "x"));
    return browser.send("/edit_user", {
      method: "PUT",
      headers: {
        "accept": "application/json",
        "content-type": "multipart/form-data; boundary=x",
        "origin": app.origin,
      },
      body: `${part("user_id", String(person.user_id))}${many.join("")}--x--\r\n`,
    });
  };
  // The body is read, then refused because no form has such fields.
  assert.equal((await send(199)).status, 422);
  assert.equal((await send(200)).status, 413);
});

appTest("an empty file field, as browsers send it, is no picture", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const body = new FormData();
  body.set("user_id", String(person.user_id));
  body.set("bio", "no picture");
  body.set("image", new File([], "", { type: "application/octet-stream" }));
  const headers = { accept: "application/json", origin: app.origin };
  const answer = await browser.send("/edit_user", { method: "PUT", headers, body });
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await everythingOf(app, person))[1]?.bio, "no picture");
});

appTest(
  "broken percent-encoding and control characters in the address are a plain 4xx",
  async (app) => {
    for (
      const path of [
        "/%",
        "/%zz",
        "/%ff",
        "/images/%00",
        "/images/%ff.webp",
        "/%2e%2e/%2e%2e/etc/passwd",
      ]
    ) {
      const { status, headers } = await app.client().getJson(path);
      assert.ok(status === 400 || status === 404, `${path}: ${status}`);
      assert.equal(headers.get("content-type"), "application/problem+json", path);
    }
  },
);

appTest(
  "encoding is not part of an avatar's name and is not decoded",
  async (app) => {
    for (const name of ["%zz", "%ff.webp", "%61.webp", "a%2fb.webp"]) {
      const { status, text } = await app.client().getJson(`/images/${name}`);
      assert.equal(status, 404, name);
      assert.equal(JSON.parse(text).detail, "There is nothing at this address", name);
    }
  },
);

appTest("a query with broken encoding or NUL finds nobody and breaks nothing", async (app) => {
  const person = await addPerson(app, "root", { role: "admin" });
  const admin = await signedIn(app, person);
  assert.equal((await admin.getJson("/user_list?q=%ff%fe")).status, 200);
  assert.equal((await admin.getJson("/user_list?q=%00")).status, 422);
  assert.equal((await admin.getJson("/email_exists?email=%00")).status, 200);
  assert.equal((await admin.getJson("/user_list?after=%00")).status, 422);
  assert.equal((await admin.getJson("/user_list?after=bm9uc2Vuc2U")).status, 200);
});
