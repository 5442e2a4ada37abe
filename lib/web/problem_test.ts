import assert from "node:assert/strict";
import { HttpError } from "fresh";
import { DomainError } from "@/lib/domain/errors.ts";
import { QueueFullError } from "@/lib/work_queue.ts";
import { MethodError } from "./all_methods.ts";
import { inputProblem, problemJson, problemOf } from "./problem.ts";

const ID = "11111111-2222-3333-4444-555555555555";

Deno.test("problemOf() reveals nothing about an unexpected error except its request id", () => {
  const secrets = [
    new Error('relation "users" does not exist'),
    new TypeError("Cannot read properties of undefined (reading 'password_hash')"),
    new HttpError(500, "at /srv/roster/lib/db/postgres.ts:12"),
    "a string",
    undefined,
  ];
  for (const error of secrets) {
    const problem = problemOf(error, ID);
    assert.deepEqual([problem.status, problem.request_id], [500, ID]);
    assert.doesNotMatch(JSON.stringify(problem), /users|password_hash|postgres|string/);
  }
});

Deno.test("problemOf() gives a broken rule its status, and says when to try again", () => {
  const error = new DomainError("too_many_requests", { retryAfterSeconds: 7 });
  const response = problemJson(problemOf(error, ID));
  assert.deepEqual([response.status, response.headers.get("retry-after")], [429, "7"]);
});

Deno.test("problemOf() asks clients to wait while the server is busy", () => {
  const problem = problemOf(new QueueFullError("200 wait"), ID);
  assert.deepEqual([problem.status, problem.retryAfterSeconds], [503, 5]);
});

Deno.test("problemOf() has its own words where Fresh has none or only the name of the status", () => {
  for (const [status, name] of [[404, "Not Found"], [405, "Method Not Allowed"]] as const) {
    const { detail } = problemOf(new HttpError(status), ID);
    assert.match(detail, /address/);
    assert.equal(problemOf(new HttpError(status, name), ID).detail, detail);
  }
  assert.equal(problemOf(new HttpError(404, "No such picture"), ID).detail, "No such picture");
});

Deno.test("problemJson() says which methods a route takes", () => {
  const response = problemJson(problemOf(new MethodError("GET, HEAD"), ID));
  assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD"]);
});

Deno.test("problemJson() is RFC 9457, with what is wrong by field", async () => {
  const response = problemJson(inputProblem(422, { email: "Enter an address" }));
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.deepEqual(await response.json(), {
    status: 422,
    title: "Please check your input",
    detail: "Enter an address",
    errors: { email: "Enter an address" },
  });
});
