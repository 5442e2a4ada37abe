/** What `deno task doctor --live` finds, and what it does not. */
import assert from "node:assert/strict";
import { createServer, type OutgoingHttpHeaders } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Finding } from "@/lib/domain/operation/finding.ts";
import { diagnoseSite } from "@/lib/domain/operation/diagnose_site.ts";
import { LIVE_CHECKS } from "@/lib/domain/operation/live_checks.ts";
import { prepareProduction } from "@/tests/kit/build.ts";
import { makeCertificate } from "@/tests/kit/certificate.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { nginx, openssl } from "@/tests/kit/programs.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { runTask } from "@/tests/tasks/command.ts";
import {
  type DocumentedNginx,
  type NginxOptions,
  startDocumentedNginx,
} from "./documented_nginx.ts";
import { startInstance } from "./instance.ts";

const needs = { ignore: nginx.find() === undefined || openssl.find() === undefined };

/** Runs the task on what listens there, with the authority of its certificate. */
function runLive({ httpsPort, httpPort, certificateFile }: DocumentedNginx) {
  const url = `https://127.0.0.1:${httpsPort}`;
  const options = ["--http-port", String(httpPort), "--ca-file", certificateFile];
  return runTask(["doctor", "--live", url, ...options], "", {});
}

/** Starts a production server, and nginx before it as documented. Gives what doctor finds. */
async function startBehindNginx() {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  const build = stack.use(await prepareProduction());
  const httpsPort = freePort();
  const host = `127.0.0.1:${httpsPort}`;
  const server = stack.use(
    await startInstance({
      build,
      databaseUrl: `pglite:${folder.path}/db`,
      env: { APP_ENV: "production", APP_URL: `https://${host}` },
    }),
  );
  const kept = stack.move();
  return {
    startProxy: (change?: NginxOptions["change"]) =>
      startDocumentedNginx({
        httpsPort,
        host,
        applicationPort: server.port,
        certificateDays: 30,
        ...(change && { change }),
      }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

Deno.test({
  name: "doctor --live finds nothing at a production server behind nginx as documented",
  ...needs,
  async fn() {
    await using site = await startBehindNginx();
    await using proxy = await site.startProxy();
    const { code, stdout, stderr } = await runLive(proxy);
    const lines = stdout.trim().split("\n");
    assert.deepEqual(lines.filter((line) => !line.startsWith("OK ")), [], stderr);
    assert.equal(lines.length, LIVE_CHECKS.length);
    assert.equal(code, 0);
  },
});

const within = (line: string) => (sample: string) =>
  sample.replace("location / {", `location / {\n${line}`);
const beside = (location: string) => (sample: string) =>
  sample.replace("location / {", `${location}\nlocation / {`);

/** Changes of the documented sample, and the only check that each fails. */
const SPOILT: readonly [check: string, change: (sample: string) => string][] = [
  ["x-content-type-options", within("proxy_hide_header X-Content-Type-Options;")],
  ["strict-transport-security", within("proxy_hide_header Strict-Transport-Security;")],
  ["x-frame-options", within("add_header X-Frame-Options SAMEORIGIN always;")],
  ["cache-control", within("add_header Cache-Control public;")],
  [
    "Content security policy",
    within(`proxy_hide_header Content-Security-Policy;
      add_header Content-Security-Policy "script-src 'self' 'unsafe-inline'" always;`),
  ],
  ["Copies of pages", within("proxy_hide_header X-Request-Id;")],
  ["Other sites", within("add_header Access-Control-Allow-Origin * always;")],
  ["Secure cookies", within("proxy_cookie_flags ~ nosecure;")],
  ["Cookies of other sites", within("proxy_cookie_flags ~ samesite=none;")],
  ["Cookies of the host", within("proxy_cookie_domain off; proxy_cookie_path / /app/;")],
  ["Cookies and scripts", within("proxy_cookie_flags ~ nohttponly;")],
  ["Versions", (sample) => sample.replaceAll("server_tokens off;", "")],
  ["Files of the server", beside('location /.git/ { return 200 "ref: refs/heads/main"; }')],
  ["Pages of users", beside('location = /user_list { return 200 "ada, grace"; }')],
  ["From http to https", (sample) => sample.replace("return 403;", "return 200;")],
];

Deno.test({
  name: "doctor --live finds what a proxy spoils, by the check that is for it",
  ...needs,
  async fn() {
    await using site = await startBehindNginx();
    for (const [check, change] of SPOILT) {
      await using proxy = await site.startProxy(change);
      const { httpPort, httpsPort, certificateFile } = proxy;
      const ca = await Deno.readTextFile(certificateFile);
      const url = new URL(`https://127.0.0.1:${httpsPort}`);
      const findings = await diagnoseSite(url, { httpPort, ca });
      const failed = findings.filter(({ state }) => state === "fail");
      assert.deepEqual(failed.map((finding) => finding.check), [check], failed[0]?.detail ?? "");
    }
  },
});

/** Answers everything as no installation may. */
async function startBareServer(): Promise<AsyncDisposable & { readonly url: URL }> {
  const headers: OutgoingHttpHeaders = {
    "content-type": "text/html",
    "server": "bare/1.0.2",
    "access-control-allow-origin": "*",
    "set-cookie": "session=1; Domain=127.0.0.1",
  };
  const server = createServer((_, answer) => {
    answer.writeHead(200, headers).end("Error\n    at async run (node_modules/kysely/index.js:1)");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}

for (const { check, asvs } of LIVE_CHECKS.filter(({ overTls }) => !overTls)) {
  Deno.test(`doctor --live reports ${check} of a bare server`, async () => {
    await using server = await startBareServer();
    const findings = await diagnoseSite(server.url, { httpPort: 80 });
    const finding = findings.find((one) => one.check === check);
    assert.deepEqual([finding?.state, finding?.asvs], ["fail", asvs]);
    assert.ok(finding?.advice);
  });
}

Deno.test({
  name: "doctor --live reports old versions and ciphers of TLS, and an unknown certificate",
  ...needs,
  async fn() {
    await using proxy = await startDocumentedNginx({
      certificateDays: 30,
      change: (sample) =>
        sample.replace(/ssl_protocols .*;/, "ssl_protocols TLSv1 TLSv1.1 TLSv1.2;")
          .replace(/ssl_ciphers .*;/, "ssl_ciphers ALL:@SECLEVEL=0;"),
    });
    const url = new URL(`https://127.0.0.1:${proxy.httpsPort}`);
    const details = detailsOf(await diagnoseSite(url, { httpPort: proxy.httpPort }));
    assert.match(details["TLS version"]!, /TLS 1\.0 is taken; TLS 1\.1 is taken/);
    assert.match(details["Cipher suites"]!, /old cipher suite/);
    assert.match(details["From http to https"]!, /301 https:\/\/people\.example\.com\//);
    assert.match(details["Certificate"]!, /authority in --ca-file/);
  },
});

Deno.test({
  name: "doctor --live reports a certificate that soon expires",
  ...needs,
  async fn() {
    await using proxy = await startDocumentedNginx();
    const { code, stdout } = await runLive(proxy);
    assert.match(stdout, /FAIL {2}Certificate: It expires on [\d-]{10} \(ASVS 12\.2\.2\)/);
    assert.equal(code, 1);
  },
});

Deno.test({
  name: "doctor --live reports a certificate of another host",
  ignore: openssl.find() === undefined,
  async fn() {
    await using folder = await tempFolder();
    const { certificateFile, keyFile } = await makeCertificate(folder.path, 30);
    const ca = await Deno.readTextFile(certificateFile);
    const key = await Deno.readTextFile(keyFile);
    await using server = Deno.serve(
      { hostname: "127.0.0.2", port: 0, cert: ca, key, onListen() {} },
      () => new Response("hello"),
    );
    const url = new URL(`https://127.0.0.2:${server.addr.port}`);
    const details = detailsOf(await diagnoseSite(url, { httpPort: freePort(), ca }));
    assert.match(details["Certificate"]!, /the name that its certificate is for/);
    assert.match(details["TLS version"]!, /are refused/);
  },
});

function detailsOf(findings: readonly Finding[]): Partial<Record<string, string>> {
  return Object.fromEntries(findings.map(({ check, detail }) => [check, detail]));
}

Deno.test("doctor --live says that nobody answers, and exits with 1", async () => {
  const args = ["doctor", "--live", `http://127.0.0.1:${freePort()}`];
  const { code, stdout } = await runTask(args, "", {});
  assert.equal(code, 1);
  assert.match(stdout, /^FAIL {2}Address: .*\n +Start the server and its proxy/);
});

Deno.test("doctor exits with 2 where --live has no address, or stands with what it does not use", async () => {
  const cases = [
    ["--live", "people.example.com"],
    ["--live", "https://people.example.com/login"],
    ["--live", "https://people.example.com", "--send-to", "ada@example.com"],
    ["--live", "https://people.example.com", "--http-port", "none"],
    ["--live", "https://people.example.com", "--ca-file", "/nowhere.pem"],
    ["--http-port", "80"],
    ["--ca-file", "/nowhere.pem"],
  ];
  for (const args of cases) {
    assert.equal((await runTask(["doctor", ...args], "", {})).code, 2, args.join(" "));
  }
});
