import assert from "node:assert/strict";
import type { FtpSettings } from "@/lib/settings/ftp_url.ts";
import { FtpStore } from "@/lib/storage/ftp_store.ts";
import { type OddFtpServer, type Oddities, startOddFtpServer } from "@/tests/kit/odd_ftp_server.ts";

const NAME = `${"ab".repeat(32)}.webp`;
const BYTES = crypto.getRandomValues(new Uint8Array(5_000));

/** Registers a test of the store on a server of that kind. */
function oddTest(
  fact: string,
  oddities: Oddities,
  run: (store: FtpStore, server: OddFtpServer) => Promise<void>,
  baseDir = "/avatars",
): void {
  Deno.test(fact, async () => {
    await using server = startOddFtpServer(oddities);
    const settings: FtpSettings = {
      host: oddities.hostname ?? "127.0.0.1",
      port: server.port,
      user: "user",
      password: "password",
      tls: "none",
      baseDir,
      ca: undefined,
    };
    const store = new FtpStore(settings);
    try {
      await run(store, server);
    } finally {
      store.close();
    }
  });
}

/** Does all that is done with images. */
async function useStore(store: FtpStore): Promise<void> {
  assert.equal(await store.get(NAME), undefined);
  assert.deepEqual(await store.list("ab"), []);
  await store.delete(NAME);
  await store.put({ name: NAME, bytes: BYTES });
  await store.put({ name: NAME, bytes: BYTES });
  assert.deepEqual(await store.get(NAME), BYTES);
  assert.deepEqual(await store.list("ab"), [{ name: NAME, size: BYTES.byteLength }]);
  assert.equal(await store.modifiedAt(NAME), undefined);
  await store.check();
  await store.delete(NAME);
  assert.equal(await store.get(NAME), undefined);
}

oddTest("a server that has little is enough", {}, useStore);

oddTest("a server may have an IPv6 address", { hostname: "::1" }, useStore);

oddTest("a server without SIZE is asked for a listing", {
  answer: (command) => command === "SIZE" ? "502 SIZE is not here" : undefined,
}, useStore);

for (const code of [450, 451, 501, 553]) {
  oddTest(`a server may say ${code} of a file that is not there`, {
    answer: (command) => ["SIZE", "DELE", "MDTM"].includes(command) ? `${code} No` : undefined,
  }, async (store) => {
    assert.equal(await store.get(NAME), undefined);
    await store.delete(NAME);
    assert.equal(await store.modifiedAt(NAME), undefined);
    await store.put({ name: NAME, bytes: BYTES });
    assert.deepEqual(await store.get(NAME), BYTES);
    // What is there and cannot be removed is a fault.
    await assert.rejects(store.delete(NAME), new RegExp(`${code} No`));
  });
}

oddTest("a server behind NAT that names an address of its own network is used all the same", {
  answer: (command) => command === "EPSV" ? "500 EPSV is not here" : undefined,
}, async (store, server) => {
  await useStore(store);
  assert.ok(server.commands.includes("PASV"));
});

oddTest("PASV is not tried where EPSV was understood", {
  answer: (command) => command === "EPSV" ? "229 (|||1|)" : undefined,
}, async (store, server) => {
  await assert.rejects(store.check(), /passive ports.*pasv_min_port.*PassivePorts/);
  assert.ok(!server.commands.includes("PASV"));
});

oddTest("a server whose / cannot be entered is used below it", {
  loginFolder: "/home/roster",
  answer: (command, argument) =>
    ["CWD", "MKD"].includes(command) && ["/", "/home"].includes(argument) ? "550 No" : undefined,
}, async (store, server) => {
  await useStore(store);
  assert.ok(server.commands.includes("MKD /home/roster/avatars/ab"));
}, "/home/roster/avatars");

oddTest("~ is the folder that the account signs in to", {
  loginFolder: "/home/roster",
}, async (store, server) => {
  await useStore(store);
  await store.put({ name: NAME, bytes: BYTES });
  assert.deepEqual([...server.files.keys()], [`/home/roster/my/avatars/ab/${NAME}`]);
}, "~/my/avatars");

oddTest("~ by itself is the folder that the account signs in to", {
  loginFolder: "/home/roster",
}, async (store, server) => {
  await store.put({ name: NAME, bytes: BYTES });
  assert.deepEqual([...server.files.keys()], [`/home/roster/ab/${NAME}`]);
}, "~");

/** What a server answers to a command, and what an operator reads of it. */
const ADVICE: readonly [command: string, answer: string, advice: RegExp][] = [
  ["PASS", "530 Login incorrect.", /correct the user and password in FTP_URL/],
  ["PASS", "530 Non-anonymous sessions must use encryption.", /begin FTP_URL with ftps/],
  ["USER", "550 SSL/TLS required on the control channel", /begin FTP_URL with ftps/],
  ["MKD", "550 Create directory operation failed.", /write in the folder.*\/~\/folder/],
  ["STOR", "553 Could not create file.", /write in the folder/],
  ["STOR", "552 Disk quota exceeded", /make room/],
  ["STOR", "522 SSL connection failed; session reuse required", /require_ssl_reuse=NO/],
  ["USER", "421 Too many connections from your address", /more connections/],
];

for (const [command, answer, advice] of ADVICE) {
  oddTest(`"${answer}" comes with what to do about it`, {
    answer: (asked) => asked === command ? answer : undefined,
  }, async (store) => {
    await assert.rejects(store.check(), advice);
  });
}
