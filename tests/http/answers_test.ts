import assert from "node:assert/strict";
import { request } from "node:http";
import { sql } from "kysely";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { Answer } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "strict-origin-when-cross-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "private, no-store",
};

const html = (method: string, app: TestApp): RequestInit => ({
  method,
  headers: { accept: "text/html", origin: app.origin },
});

/** One answer of each kind, by status. */
async function answersOfEachKind(app: TestApp): Promise<Record<string, Answer>> {
  const browser = await signedIn(app, await addPerson(app, "grace"));
  const stranger = app.client();
  const answers = {
    "200": await browser.get("/profile"),
    "200 JSON": await stranger.getJson("/email_exists?email=a@example.org"),
    "303": await stranger.get("/profile"),
    "400": await stranger.getJson("/email_exists?email=a&email=b"),
    "401": await stranger.getJson("/profile"),
    "403": await browser.get("/admin"),
    "404": await stranger.get("/nothing"),
    "404 signed in": await browser.get("/nothing"),
    "405": await stranger.send("/login", html("PUT", app)),
    "415": await stranger.send("/login", { ...html("POST", app), body: "x" }),
    "422": await stranger.postForm("/register", { username: "x" }),
  };
  await app.services.db.schema.alterTable("user_profiles").renameTo("gone").execute();
  return {
    ...answers,
    "500": await browser.get("/profile"),
    "500 JSON": await browser.getJson("/profile"),
  };
}

appTest("every answer has the security headers", async (app) => {
  for (const [kind, { status, headers, text }] of Object.entries(await answersOfEachKind(app))) {
    assert.equal(status, Number.parseInt(kind), kind);
    const found = Object.keys(HEADERS).map((name) => [name, headers.get(name)]);
    assert.deepEqual(Object.fromEntries(found), HEADERS, kind);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /(^|; ?)default-src 'none'(;|$)/, kind);
    assert.match(policy, /(^|; ?)frame-ancestors 'none'(;|$)/, kind);
    // JSON is always UTF-8 and has no charset parameter.
    const type = headers.get("content-type") ?? "";
    if (text) {
      assert.match(type, /^(text\/html; charset=utf-8|application\/(problem\+)?json)$/i, kind);
    }
    assert.match(headers.get("x-request-id") ?? "", /^[\da-f-]{36}$/, kind);
    assert.equal(headers.get("server"), null, kind);
    assert.equal(headers.get("x-powered-by"), null, kind);
  }
});

appTest("nothing in an answer names a table, a file or a stack", async (app) => {
  for (const [kind, { text, headers }] of Object.entries(await answersOfEachKind(app))) {
    const all = `${text}\n${[...headers].join("\n")}`;
    assert.doesNotMatch(
      all,
      /user_profiles|relation|node_modules|\.tsx?:|\bat async\b|kysely/,
      kind,
    );
  }
});

appTest(
  "a failed page offers to try again, but not to send anything twice",
  async (app) => {
    const browser = await signedIn(app, await addPerson(app, "joan"));
    const answers = await answersOfEachKind(app);
    assert.match(answers["500"]!.text, /<a[^>]*href="\/profile"[^>]*>Try again/);
    for (const kind of ["403", "404", "405", "415"]) {
      assert.match(answers[kind]!.text, /Go to the start page/);
      assert.doesNotMatch(answers[kind]!.text, /Try again/, kind);
    }
    const { status, text } = await browser.postForm("/edit_user", { _method: "PUT", user_id: "1" });
    assert.equal(status, 500);
    assert.doesNotMatch(text, /Try again/);
  },
);

appTest(
  "an error page keeps the navigation of a signed-in user",
  async (app) => {
    const answers = await answersOfEachKind(app);
    const hasNavigation = (kind: string) => answers[kind]!.text.includes('aria-label="Main"');
    for (const kind of ["403", "404 signed in"]) assert.ok(hasNavigation(kind), kind);
    for (const kind of ["404", "405", "415"]) assert.ok(!hasNavigation(kind), kind);
  },
);

appTest(
  "a page that fails keeps the navigation, and names the request in the log",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    await app.services.db.schema.alterTable("audit_events").renameTo("gone").execute();
    const { status, text, headers } = await admin.get("/admin");
    assert.equal(status, 500);
    assert.match(text, /aria-label="Main"/);
    assert.match(text, /Something went wrong on our side\. It has been logged/);
    assert.ok(text.includes(headers.get("x-request-id")!));
  },
);

appTest("an unexpected error is 500 with the request id of the log", async (app) => {
  const answers = await answersOfEachKind(app);
  const { status, text, headers } = answers["500 JSON"]!;
  assert.equal(status, 500);
  assert.equal(headers.get("content-type"), "application/problem+json");
  const problem = JSON.parse(text);
  assert.deepEqual(Object.keys(problem).sort(), ["detail", "request_id", "status", "title"]);
  assert.equal(problem.request_id, headers.get("x-request-id"));
});

appTest("pages allow own files and a nonce, a new one each time", async (app) => {
  const policies = await Promise.all([1, 2].map(async () => {
    const { headers, text } = await app.client().get("/register");
    const policy = headers.get("content-security-policy")!;
    const nonce = /script-src [^;]*'nonce-([^']+)'/.exec(policy)?.[1];
    assert.ok(nonce, policy);
    for (const rule of ["object-src 'none'", "base-uri 'none'", "form-action 'self'"]) {
      assert.ok(policy.includes(rule), rule);
    }
    assert.doesNotMatch(policy, /unsafe-/);
    // Base64 has six bits per character.
    assert.ok(nonce.length * 6 >= 128 && /^[\w-]+$/.test(nonce), nonce);
    for (const [tag] of text.matchAll(/<script(?! type="application\/json")[^>]*>/g)) {
      assert.ok(tag.includes(`nonce="${nonce}"`) || / src="\/\w/.test(tag), tag);
    }
    assert.doesNotMatch(text, / on\w+="| style="/);
    return nonce;
  }));
  assert.notEqual(policies[0], policies[1]);
});

appTest("over https browsers are told to stay there", async (app) => {
  for (const path of ["/login", "/profile", "/nothing", "/healthz", "/email_exists?email=a"]) {
    const told = (await app.client().get(path)).headers.get("strict-transport-security");
    assert.equal(told, "max-age=31536000; includeSubDomains", path);
  }
  const { headers } = await app.client().get("/login");
  assert.match(headers.get("content-security-policy") ?? "", /upgrade-insecure-requests/);
}, { environment: { APP_URL: "https://people.example.com" } });

appTest("over http nothing is upgraded", async (app) => {
  const { headers } = await app.client().get("/login");
  assert.equal(headers.get("strict-transport-security"), null);
  assert.doesNotMatch(headers.get("content-security-policy")!, /upgrade-insecure-requests/);
});

appTest("failures are problem+json for scripts and pages for people", async (app) => {
  const stranger = app.client();
  const script = await stranger.getJson("/nothing");
  assert.equal(script.headers.get("content-type"), "application/problem+json");
  assert.deepEqual(JSON.parse(script.text), {
    status: 404,
    title: "Not found",
    detail: "There is nothing at this address",
  });
  const page = await stranger.get("/nothing");
  assert.equal(page.status, 404);
  assert.match(page.headers.get("content-type")!, /^text\/html/);
  assert.match(page.text, /Not found/);
});

appTest("bad input in a URL is a page for people too", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  for (const path of ["/user_list?limit=0", "/edit_user?user_id=x", "/delete_user"]) {
    const { status, headers, text } = await admin.get(path);
    assert.equal(status, 422, path);
    assert.match(headers.get("content-type")!, /^text\/html/, path);
    assert.match(text, /Please check your input/, path);
  }
});

appTest(
  "an error page leaves the flash message to the next page",
  async (app) => {
    const person = await addPerson(app, "grace");
    const browser = await signedIn(app, person);
    const fields = { _method: "PUT", user_id: String(person.user_id), full_name: "Grace" };
    assert.equal((await browser.postForm("/edit_user", fields)).status, 303);
    assert.equal((await browser.get("/nothing")).status, 404);
    assert.match((await browser.get("/profile")).text, /Your changes are saved/);
    assert.doesNotMatch((await browser.get("/profile")).text, /Your changes are saved/);
  },
);

appTest("HEAD answers as GET without a body, and changes nothing", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  for (const path of ["/login", "/healthz", "/readyz", "/user_list", "/nothing"]) {
    const init = { headers: { accept: "text/html" } };
    const [get, head] = [
      await admin.send(path, init),
      await admin.send(path, { ...init, method: "HEAD" }),
    ];
    assert.deepEqual([head.status, head.text], [get.status, ""], path);
    assert.equal(head.headers.get("content-type"), get.headers.get("content-type"), path);
  }
});

appTest("a method that a route does not take is 405 with those it takes", async (app) => {
  const browser = await signedIn(app, await addAdmin(app));
  const cases = [
    ["DELETE", "/login", "GET, HEAD, POST, OPTIONS"],
    ["PUT", "/user_list", "GET, HEAD, OPTIONS"],
    ["PATCH", "/edit_user", "GET, HEAD, POST, PUT, OPTIONS"],
    ["DELETE", "/update_status", "GET, HEAD, POST, PUT, OPTIONS"],
    ["HEAD", "/logout", "POST, OPTIONS"],
    ["GET", "/logout", "POST, OPTIONS"],
    ["PUT", "/email_exists", "GET, HEAD, POST, OPTIONS"],
  ] as const;
  for (const [method, path, taken] of cases) {
    const allow = new Set(taken.split(", "));
    for (const accept of ["application/json", "text/html"]) {
      const headers = { accept, origin: app.origin };
      const answer = await browser.send(path, { method, headers });
      assert.equal(answer.status, 405, `${method} ${path}`);
      assert.deepEqual(allowedBy(answer), allow, `${method} ${path}`);
    }
    const options = await browser.send(path, { method: "OPTIONS" });
    assert.deepEqual([options.status, allowedBy(options)], [204, allow], path);
  }
});

function allowedBy({ headers }: Pick<Answer, "headers">): Set<string> {
  return new Set(headers.get("allow")?.split(", "));
}

/** `fetch()` refuses to send TRACE. */
function sendRaw(url: string, method: string): Promise<Pick<Answer, "status" | "headers">> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, agent: false }, (answer) => {
      answer.resume().on("end", () => {
        const headers = Object.entries(answer.headers).map((
          [name, value],
        ) => [name, String(value)]);
        resolve({
          status: answer.statusCode ?? 0,
          headers: new Headers(headers as [string, string][]),
        });
      });
    });
    asked.on("error", reject).end();
  });
}

appTest(
  "a method that no route takes is refused with those that the route takes",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const paths = ["/login", "/logout", "/user_list", "/update_status", "/edit_user", "/healthz"];
    for (const path of paths) {
      const taken = allowedBy(await admin.send(path, { method: "OPTIONS" }));
      for (const method of ["PROPFIND", "QUERY", "PURGE", "TRACE"]) {
        const answer = await sendRaw(`${app.origin}${path}`, method);
        // 405, or Fresh's own answer to an unknown method.
        assert.ok(answer.status >= 400, `${method} ${path}`);
        if (answer.status === 405) assert.deepEqual(allowedBy(answer), taken, `${method} ${path}`);
        assert.equal(answer.headers.get("x-content-type-options"), "nosniff", `${method} ${path}`);
      }
    }
  },
);

appTest("/healthz reports on the process, and /readyz on its database", async (app) => {
  const probe = app.client();
  assert.deepEqual(
    [(await probe.get("/healthz")).status, (await probe.get("/readyz")).text],
    [200, "ready\n"],
  );
  await sql`delete from kysely_migration`.execute(app.services.db);
  const { status, text } = await probe.get("/readyz");
  assert.deepEqual([status, text], [503, "not ready\n"]);
  assert.equal((await probe.get("/healthz")).status, 200);
});

appTest("POST /color_mode remembers the colours and leads back to the page", async (app) => {
  const browser = app.client();
  const answer = await browser.postForm("/color_mode", { mode: "dark", next: "/register" });
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/register"]);
  assert.match((await browser.get("/login")).text, /data-bs-theme="dark"/);
  const away = await browser.postForm("/color_mode", { mode: "auto", next: "//evil.example" });
  assert.equal(away.headers.get("location"), "/");
  assert.doesNotMatch((await browser.get("/login")).text, /data-bs-theme="dark"/);
  assert.equal((await browser.postForm("/color_mode", { mode: "pink" })).status, 422);
});
