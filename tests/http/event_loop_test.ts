/** No request blocks the event loop for others. The benchmark measures the real limits. */
import assert from "node:assert/strict";
import sharp from "sharp";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { type LoopWatch, watchEventLoop } from "@/tests/kit/loop_watch.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";
import {
  AWKWARD_PNG,
  HARD_PASSKEYS,
  HARD_PASSWORDS,
  STACKED_ACCENTS,
} from "@/tests/kit/worst_input.ts";

const LIMIT_MS = 500;

/** Runs each action in turn and reports those that blocked the event loop for too long. */
async function findCulprits(
  watch: LoopWatch,
  things: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<string[]> {
  const culprits: string[] = [];
  for (const [name, run] of Object.entries(things)) {
    watch.takeLongest();
    await run();
    const longest = watch.takeLongest();
    if (longest > LIMIT_MS) culprits.push(`${name}: ${longest.toFixed()} ms`);
  }
  return culprits;
}

function loopTest(
  name: string,
  things: (app: TestApp) => Promise<Record<string, () => Promise<unknown>>>,
): void {
  appTest(`no more than ${LIMIT_MS} ms of the event loop are held by ${name}`, async (app) => {
    const prepared = await things(app);
    const watch = watchEventLoop();
    try {
      // The first run loads code, which happens only once.
      await Promise.all(Object.values(prepared).map((run) => run()));
      assert.deepEqual(await findCulprits(watch, prepared), []);
    } finally {
      watch.stop();
    }
  });
}

loopTest("passwords that are hard to score", (app) => {
  const register = (password: string, index: number) =>
    app.client().sendJson("POST", "/register", {
      username: `grace${index}`,
      email: `grace${index}@example.org`,
      password,
      password2: password,
    });
  return Promise.resolve({
    "POST /register": () => Promise.all(HARD_PASSWORDS.map(register)),
  });
});

loopTest("input of signed-out visitors", (app) => {
  const post = (path: string, type: string, body: string) =>
    app.client().send(path, {
      method: "POST",
      headers: { "content-type": type, "accept": "text/html", "origin": app.origin },
      body,
    });
  const fields = Array.from({ length: 9_000 }, (_, i) => `k${i}=`).join("&");
  return Promise.resolve({
    "fields": () => post("/login", "application/x-www-form-urlencoded", fields),
    "JSON": () => post("/login", "application/json", `{"a":${"[".repeat(30_000)}`),
    "accents": () =>
      post(
        "/register",
        "application/x-www-form-urlencoded",
        `username=${encodeURIComponent("a" + "\u0301\u0323".repeat(5_000))}`,
      ),
    "cookies": () => app.client().get("/login", { cookie: "a=%41; ".repeat(2_000) }),
    "address": () => app.client().get(`/${"a/".repeat(10_000)}`),
  });
});

loopTest("input of users", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const photo = await sharp({
    create: { width: 7_000, height: 5_700, channels: 3, background: "teal" },
  }).jpeg().toBuffer();
  const upload = (bytes: Uint8Array<ArrayBuffer>, type: string) => () => {
    const body = new FormData();
    body.set("user_id", String(person.user_id));
    body.set("image", new File([bytes], "a", { type }));
    const headers = { accept: "application/json", origin: app.origin };
    return browser.send("/edit_user", { method: "PUT", headers, body });
  };
  return {
    "passkeys that are hard to decode": () =>
      Promise.all(
        HARD_PASSKEYS.map((credential) => browser.sendJson("POST", "/passkeys", { credential })),
      ),
    "accents": () =>
      browser.sendJson("PUT", "/edit_user", { user_id: person.user_id, bio: STACKED_ACCENTS }),
    "the largest picture": upload(new Uint8Array(photo), "image/jpeg"),
    "a picture of empty chunks": upload(AWKWARD_PNG, "image/png"),
  };
});

loopTest("an admin's pages", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  for (let i = 0; i < 100; i++) await addPerson(app, `person${i}`);
  return {
    "GET /user_list": () => admin.get("/user_list?limit=100"),
    "a search": () => admin.get("/user_list?q=person"),
    "GET /admin": () => admin.get("/admin"),
  };
});
