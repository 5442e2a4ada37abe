import assert from "node:assert/strict";
import { App, csp, type CSPOptions } from "../mod.ts";

async function ask(options: CSPOptions, path = "/"): Promise<Response> {
  const app = new App()
    .use(csp(options))
    .get("/text", (ctx) => ctx.text("text"))
    .get("/plain", (ctx) => ctx.render(<p>plain</p>))
    .route("/", { component: () => <script>1</script> });
  return await app.handler()(new Request(`http://localhost${path}`));
}

function directives(response: Response, header = "content-security-policy"): string[] {
  return response.headers.get(header)?.split("; ") ?? [];
}

Deno.test("csp() sends a default policy of 13 directives, with 404s as well", async () => {
  for (const path of ["/", "/text", "/unknown"]) {
    const policy = directives(await ask({}, path));
    assert.equal(policy.length, 13);
    assert.ok(policy.includes("default-src 'self'"));
  }
});

Deno.test("csp({ csp }) replaces directives by name and adds others", async () => {
  const policy = directives(await ask({ csp: ["img-src *", "manifest-src 'self'"] }));
  assert.equal(policy.length, 14);
  assert.deepEqual(policy.filter((directive) => directive.startsWith("img-src")), ["img-src *"]);
});

Deno.test("csp({ reportOnly, reportTo }) changes the header and names the endpoint", async () => {
  const response = await ask({ reportOnly: true, reportTo: "/reports" });
  assert.equal(response.headers.get("content-security-policy"), null);
  const policy = directives(response, "content-security-policy-report-only");
  assert.ok(policy.includes("report-to csp-endpoint"));
  assert.ok(policy.includes("report-uri /reports"));
  assert.equal(response.headers.get("reporting-endpoints"), 'csp-endpoint="/reports"');
});

Deno.test("csp({ useNonce }) replaces 'unsafe-inline' with the nonce of the page", async () => {
  const seen = new Set<string>();
  for (let i = 0; i < 2; i++) {
    const response = await ask({ useNonce: true });
    const nonce = /<script nonce="([\w-]+)">/.exec(await response.text())?.[1] ?? "";
    const policy = directives(response);
    assert.ok(policy.includes(`script-src 'self' 'nonce-${nonce}'`));
    assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`));
    seen.add(nonce);
  }
  assert.equal(seen.size, 2);
});

Deno.test("csp({ useNonce }) allows nothing inline on a page that has nothing inline", async () => {
  const policy = directives(await ask({ useNonce: true }, "/plain"));
  assert.ok(policy.includes("script-src 'self'"));
  assert.ok(policy.includes("style-src 'self'"));
});

Deno.test("csp({ useNonce }) keeps the policy of responses without a render", async () => {
  const policy = directives(await ask({ useNonce: true }, "/text"));
  assert.ok(policy.includes("script-src 'self' 'unsafe-inline'"));
});
