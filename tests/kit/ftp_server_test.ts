import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { Client } from "basic-ftp";
import type { FtpServer, FtpServerOptions } from "./ftp_server.ts";
import { startProftpd } from "./proftpd.ts";
import { proftpd, vsftpd } from "./programs.ts";
import { startVsftpd } from "./vsftpd.ts";

const SERVERS = [
  { name: "vsftpd", start: startVsftpd, ignore: !vsftpd.find() },
  { name: "ProFTPD", start: startProftpd, ignore: !proftpd.find() },
];

ftpTest("takes files over explicit TLS into its folder", {}, async (server) => {
  using session = await signIn(server);
  await session.client.ensureDir("/a/b");
  await session.client.uploadFrom(Readable.from([Buffer.from("bytes")]), "part");
  await session.client.rename("part", "whole");
  assert.equal(await Deno.readTextFile(`${server.folder}/a/b/whole`), "bytes");
  assert.deepEqual((await session.client.list("/a/b")).map((file) => file.name), ["whole"]);
});

ftpTest("refuses a sign-in without TLS when TLS is required", {}, async (server) => {
  await assert.rejects(signIn(server, { secure: false }), /530|550/);
});

ftpTest("takes a sign-in without TLS when it is set up so", { tls: "none" }, async (server) => {
  using session = await signIn(server, { secure: false });
  assert.equal(await session.client.pwd(), "/");
});

ftpTest(
  "refuses to send files without a resumed TLS session when that is required",
  { sessionReuse: "required" },
  async (server) => {
    using session = await signIn(server);
    await assert.rejects(session.client.list("/"));
  },
);

ftpTest("refuses a wrong password", {}, async (server) => {
  await assert.rejects(signIn(server, { password: "wrong" }), /530/);
});

ftpTest("is gone with its sessions after kill() and back after restart()", {}, async (server) => {
  using before = await signIn(server);
  await server.kill("SIGKILL");
  await assert.rejects(before.client.pwd());
  await assert.rejects(signIn(server), /ECONNREFUSED/);
  await server.restart();
  using after = await signIn(server);
  assert.equal(await after.client.pwd(), "/");
});

function ftpTest(fact: string, options: FtpServerOptions, fn: (server: FtpServer) => unknown) {
  for (const { name, start, ignore } of SERVERS) {
    Deno.test({
      name: `${name} ${fact}`,
      ignore,
      async fn() {
        await using server = await start(options);
        await fn(server);
      },
    });
  }
}

interface Session extends Disposable {
  readonly client: Client;
}

async function signIn(server: FtpServer, changed = {}): Promise<Session> {
  const { host, port, user, password, certificate } = server;
  const client = new Client();
  const secureOptions = { ca: certificate, servername: "localhost" };
  await client.access({ host, port, user, password, secure: true, secureOptions, ...changed });
  return { client, [Symbol.dispose]: () => client.close() };
}
