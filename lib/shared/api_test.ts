import assert from "node:assert/strict";
import { callApi, explainProblem } from "@/lib/shared/api.ts";

/** A server of this test; `callApi` takes full addresses as well as paths. */
function serve(answer: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("callApi() sends plain values as JSON and asks for JSON", async () => {
  await using server = serve(async (request) =>
    Response.json({
      accept: request.headers.get("accept"),
      method: request.method,
      body: await request.json(),
    })
  );
  const answer = await callApi("PUT", server.url, { body: { user_id: 7, status: "active" } });
  assert.deepEqual(answer, {
    ok: true,
    value: { accept: "application/json", method: "PUT", body: { user_id: 7, status: "active" } },
  });
});

Deno.test("callApi() sends a form with its files as multipart", async () => {
  await using server = serve(async (request) => {
    const image = (await request.formData()).get("image");
    return Response.json(image instanceof File ? image.name : null);
  });
  const body = new FormData();
  body.set("image", new File(["x"], "me.png"));
  assert.deepEqual(await callApi("PUT", server.url, { body }), { ok: true, value: "me.png" });
});

Deno.test("callApi() gives the problem of a refusal, with the errors of its fields", async () => {
  const problem = { status: 422, title: "Bad input", errors: { email: "Taken" } };
  await using server = serve(() => Response.json(problem, { status: 422 }));
  assert.deepEqual(await callApi("GET", server.url), { ok: false, problem });
});

Deno.test("callApi() makes a problem of an answer that is not JSON, and of none", async () => {
  const server = serve(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  const broken = await callApi("GET", server.url);
  await server[Symbol.asyncDispose]();
  const gone = await callApi("GET", server.url);
  for (const answer of [broken, gone]) {
    assert.ok(!answer.ok);
    assert.match(explainProblem(answer.problem), /does not answer/);
  }
});
