import assert from "node:assert/strict";
import { join } from "node:path";
import { makeCertificate } from "@/tests/kit/certificate.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { nginx, openssl } from "@/tests/kit/programs.ts";
import { startServer } from "@/tests/kit/server_process.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

interface Proxy extends AsyncDisposable {
  readonly httpPort: number;
  readonly httpsPort: number;
}

/** Runs nginx as documented, except for ports, certificate and folders. */
async function startDocumented(): Promise<Proxy> {
  const folder = await tempFolder();
  const [httpPort, httpsPort] = [freePort(), freePort()];
  const { certificateFile, keyFile } = await makeCertificate(folder.path);
  const sample = (await documentedServers())
    .replace(/listen \[::\].*;/g, "")
    .replace("listen 443", `listen 127.0.0.1:${httpsPort}`)
    .replace("listen 80", `listen 127.0.0.1:${httpPort}`)
    .replace(/ssl_certificate .*;/, `ssl_certificate ${certificateFile};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${keyFile};`);
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder.path}/${name};`).join("\n");
  const settings = join(folder.path, "nginx.conf");
  await Deno.writeTextFile(
    settings,
    `daemon off; master_process off; error_log stderr; pid ${folder.path}/nginx.pid;
events {}
http { access_log off; ${folders}
${sample} }`,
  );
  const running = await startServer({
    program: nginx.find()!,
    args: ["-p", folder.path, "-c", settings],
    ready: { port: httpPort },
  });
  return {
    httpPort,
    httpsPort,
    async [Symbol.asyncDispose]() {
      await running.kill();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function documentedServers(): Promise<string> {
  const text = await Deno.readTextFile("docs/deployment.md");
  return /^## nginx$\n+((?: {4}.*\n|\n)+)/m.exec(text)?.[1] ?? assert.fail("there is no sample");
}

Deno.test({
  name: "the nginx sample redirects GET and HEAD to https, and refuses other methods",
  ignore: nginx.find() === undefined || openssl.find() === undefined,
  async fn() {
    await using proxy = await startDocumented();
    const ask = async (method: string) => {
      const url = `http://127.0.0.1:${proxy.httpPort}/login?next=/`;
      const response = await fetch(url, { method, redirect: "manual" });
      await response.body?.cancel();
      return [response.status, response.headers.get("location")];
    };
    const redirect = [301, "https://people.example.com/login?next=/"];
    assert.deepEqual(await ask("GET"), redirect);
    assert.deepEqual(await ask("HEAD"), redirect);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"]) {
      assert.deepEqual(await ask(method), [403, null], method);
    }
  },
});

Deno.test({
  name: "the nginx sample takes TLS 1.2 with forward secrecy only, and TLS 1.3",
  ignore: nginx.find() === undefined || openssl.find() === undefined,
  async fn() {
    await using proxy = await startDocumented();
    const connects = async (...options: string[]) => {
      const args = ["s_client", "-connect", `127.0.0.1:${proxy.httpsPort}`, ...options];
      const command = new Deno.Command(openssl.find()!, { args, stdin: "null" });
      return (await command.output()).success;
    };
    assert.equal(await connects("-tls1_3"), true);
    assert.equal(await connects("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"), true);
    for (const cipher of ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"]) {
      assert.equal(await connects("-tls1_2", "-cipher", cipher), false, cipher);
    }
    assert.equal(await connects("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), false);
  },
});
