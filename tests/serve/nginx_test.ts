import assert from "node:assert/strict";
import { nginx, openssl } from "@/tests/kit/programs.ts";
import { startDocumentedNginx } from "./documented_nginx.ts";

Deno.test({
  name: "the nginx sample redirects GET and HEAD to https, and refuses other methods",
  ignore: nginx.find() === undefined || openssl.find() === undefined,
  async fn() {
    await using proxy = await startDocumentedNginx();
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
    await using proxy = await startDocumentedNginx();
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

Deno.test({
  name: "the nginx sample logs requests without their queries",
  ignore: nginx.find() === undefined || openssl.find() === undefined,
  async fn() {
    await using proxy = await startDocumentedNginx();
    const url = `http://127.0.0.1:${proxy.httpPort}/user_list?q=grace`;
    const response = await fetch(url, { redirect: "manual" });
    await response.body?.cancel();
    let log = "";
    // It is written after the answer is sent.
    while (!log.includes("\n")) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      log = await Deno.readTextFile(proxy.logFile);
    }
    assert.match(log, /^127\.0\.0\.1 \[.*"GET \/user_list" 301 /m);
    assert.doesNotMatch(log, /grace/);
  },
});
