import assert from "node:assert/strict";
import { answerAllMethods, MethodError } from "./all_methods.ts";
import { define, defineApi, defineSignedIn } from "./define.ts";

Deno.test("answerAllMethods() makes a route answer methods that it does not take", () => {
  const GET = () => new Response("got");
  const handlers: Record<string, unknown> = answerAllMethods({ GET, DELETE: GET });
  assert.equal(handlers.GET, GET);
  assert.equal(handlers.HEAD, GET);
  assert.equal(handlers.DELETE, GET);
  const allow = "GET, HEAD, DELETE, OPTIONS";
  for (const method of ["POST", "PUT", "PATCH"]) {
    const handler = handlers[method];
    assert.ok(typeof handler === "function", method);
    assert.throws(
      () => handler(),
      (error) => error instanceof MethodError && error.allow === allow,
    );
  }
});

Deno.test("answerAllMethods() answers OPTIONS with the methods that are taken", () => {
  const handlers: Record<string, () => Response> = { POST: () => new Response() };
  const answer = answerAllMethods(handlers).OPTIONS!();
  assert.deepEqual([answer.status, answer.headers.get("allow")], [204, "POST, OPTIONS"]);
});

Deno.test("answerAllMethods() keeps a route's own HEAD and OPTIONS", () => {
  const own = { GET: () => 1, HEAD: () => 2, OPTIONS: () => 3 };
  const { HEAD, OPTIONS } = answerAllMethods(own);
  assert.deepEqual([HEAD, OPTIONS], [own.HEAD, own.OPTIONS]);
});

Deno.test("handlers refuse API keys, unless defineApi made them", () => {
  const own = { GET: () => new Response("got") };
  const table: [object, boolean][] = [
    [define.handlers(own), false],
    [defineSignedIn.handlers(own), false],
    [defineApi.handlers(own), true],
  ];
  for (const [handlers, isForPrograms] of table) {
    const { GET } = handlers as { GET: (ctx: unknown) => unknown };
    const ask = (kind: string) => GET({ state: { actor: { kind } } });
    assert.ok(ask("user") instanceof Response);
    if (isForPrograms) assert.ok(ask("api_key") instanceof Response);
    else assert.throws(() => ask("api_key"), { code: "scope_missing" });
  }
});

Deno.test("defineSignedIn.handlers() lets forms reach every change, and only pages without one", () => {
  const answer = () => new Response();
  const methods = (handlers: Record<string, unknown>) => Object.keys(handlers).sort();
  assert.deepEqual(methods(defineSignedIn.handlers({ DELETE: answer })), [
    "DELETE",
    "OPTIONS",
    "POST",
  ]);
  assert.deepEqual(methods(defineSignedIn.handlers({ GET: answer })), ["GET", "HEAD", "OPTIONS"]);
});
