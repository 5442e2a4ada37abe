import assert from "node:assert/strict";
import { join } from "node:path";
import { FtpStore } from "@/lib/storage/ftp_store.ts";
import { StoreUnavailableError } from "@/lib/storage/image_store.ts";
import { filesOn, ftpSettings, ftpTest, fullDevice, until } from "@/tests/storage/ftp_servers.ts";
import { startRelay } from "@/tests/storage/relay.ts";
import { startVsftpd } from "@/tests/kit/vsftpd.ts";

const KEY = "ab".repeat(32);
const NAME = `${KEY}.webp`;
const BYTES = crypto.getRandomValues(new Uint8Array(40_000));

ftpTest("FtpStore.put() makes the folders, and get() gives the bytes back", async (test) => {
  await test.store.put({ name: NAME, bytes: BYTES });
  assert.deepEqual(await test.store.get(NAME), BYTES);
  assert.deepEqual(await filesOn(test.server), [`avatars/ab/${NAME}`]);
});

ftpTest(
  "FtpStore.put() leaves a file that is there in full untouched",
  async ({ store, server }) => {
    await store.put({ name: NAME, bytes: BYTES });
    const path = join(server.folder, "avatars/ab", NAME);
    const before = await Deno.stat(path);
    await store.put({ name: NAME, bytes: BYTES });
    assert.deepEqual((await Deno.stat(path)).ino, before.ino);
  },
);

ftpTest("FtpStore.put() replaces half a file and half a transfer", async ({ store, server }) => {
  await store.put({ name: NAME, bytes: BYTES });
  const path = join(server.folder, "avatars/ab", NAME);
  await Deno.truncate(path, 10_000);
  await Deno.copyFile(path, `${path}.part`);
  await Deno.chmod(`${path}.part`, 0o666);
  await store.put({ name: NAME, bytes: BYTES });
  assert.deepEqual(await store.get(NAME), BYTES);
  assert.deepEqual(await filesOn(server), [`avatars/ab/${NAME}`]);
});

ftpTest(
  "FtpStore.put() keeps nothing on a full disk, and works when there is room",
  async (test) => {
    const { store, server } = test;
    await store.put({ name: NAME, bytes: BYTES });
    await store.delete(NAME);
    const partial = join(server.folder, "avatars/ab", `${NAME}.part`);
    await fullDevice(partial);
    await assert.rejects(store.put({ name: NAME, bytes: BYTES }), StoreUnavailableError);
    await Deno.remove(partial).catch(() => undefined);
    assert.deepEqual(await filesOn(server), []);
    await store.put({ name: NAME, bytes: BYTES });
    assert.deepEqual(await store.get(NAME), BYTES);
  },
);

ftpTest(
  "FtpStore.get() and modifiedAt() say undefined for what is not there",
  async ({ store }) => {
    assert.equal(await store.get(NAME), undefined);
    assert.equal(await store.modifiedAt(NAME), undefined);
  },
);

ftpTest(
  "FtpStore.delete() removes a file, and one that is not there",
  async ({ store, server }) => {
    await store.put({ name: NAME, bytes: BYTES });
    await store.delete(NAME);
    await store.delete(NAME);
    assert.deepEqual(await filesOn(server), []);
  },
);

ftpTest("FtpStore.list() names only our files of a shard", async ({ store, server }) => {
  await store.put({ name: NAME, bytes: BYTES });
  const shard = join(server.folder, "avatars/ab");
  await Deno.writeTextFile(join(shard, "..evil"), "");
  await Deno.writeTextFile(join(shard, "index.html"), "");
  await Deno.writeTextFile(join(shard, `${"cd".repeat(32)}.webp`), "");
  await Deno.writeTextFile(join(shard, `${NAME}.part`), "half");
  await Deno.mkdir(join(shard, `${KEY}-96.webp`));
  const listed = (await store.list("ab")).sort((a, b) => a.name.localeCompare(b.name));
  assert.deepEqual(listed, [
    { name: NAME, size: BYTES.byteLength },
    { name: `${NAME}.part`, size: 4 },
  ]);
  assert.deepEqual(await store.list("00"), []);
});

ftpTest("FtpStore takes no refusal for a broken network", async ({ store }) => {
  // ProFTPD now and then closed the data connection before its refusal was heard.
  for (let time = 0; time < 30; time++) {
    assert.equal(await store.get(NAME), undefined);
    assert.deepEqual(await store.list("ab"), []);
  }
});

ftpTest("FtpStore.modifiedAt() tells when a file was sent", async ({ store }) => {
  const before = Date.now();
  await store.put({ name: NAME, bytes: BYTES });
  const at = await store.modifiedAt(NAME);
  assert.ok(at && Math.abs(at.getTime() - before) < 60_000, `${at}`);
});

ftpTest("FtpStore never lets a name become a path", async ({ store, server }) => {
  await Deno.writeTextFile(join(server.folder, "secret"), "secret");
  for (
    const name of [
      "../secret",
      "../../secret",
      `${KEY}.webp\r\nDELE x`,
      "",
      `${KEY}.php`,
      `/${NAME}`,
    ]
  ) {
    await assert.rejects(store.get(name), TypeError);
    await assert.rejects(store.delete(name), TypeError);
    await assert.rejects(store.put({ name, bytes: BYTES }), TypeError);
  }
  assert.deepEqual(await filesOn(server), ["secret"]);
});

ftpTest("FtpStore does more at once than it has connections", async ({ store }) => {
  const names = Array.from(
    { length: 40 },
    (_, index) => `${index.toString(16).padStart(2, "0")}${"0".repeat(62)}.webp`,
  );
  await Promise.all(names.map((name) => store.put({ name, bytes: BYTES })));
  const read = await Promise.all(names.map((name) => store.get(name)));
  assert.ok(read.every((bytes) => bytes?.byteLength === BYTES.byteLength));
});

ftpTest("FtpStore outlives a server that is killed and comes back", async ({ store, server }) => {
  await store.put({ name: NAME, bytes: BYTES });
  await server.kill("SIGKILL");
  await assert.rejects(store.get(NAME), StoreUnavailableError);
  await server.restart();
  await until(() => store.check().then(() => true, () => false));
  assert.deepEqual(await store.get(NAME), BYTES);
});

ftpTest("FtpStore uses a new connection where the old one has died", async ({ store, server }) => {
  await store.put({ name: NAME, bytes: BYTES });
  await server.restart();
  assert.deepEqual(await store.get(NAME), BYTES);
});

ftpTest("FtpStore takes no certificate of an unknown authority", async ({ settings }) => {
  await refuses({ ...settings, ca: undefined }, /authority in FTP_CA_FILE/);
});

ftpTest("FtpStore takes no certificate of another authority", async ({ settings }) => {
  await using other = await startVsftpd();
  await refuses({ ...settings, ca: other.certificate }, /authority in FTP_CA_FILE/);
});

ftpTest("FtpStore takes no certificate of another host", async ({ settings }) => {
  await using relay = startRelay(settings.port, "127.0.0.2");
  await refuses(
    { ...settings, host: "127.0.0.2", port: relay.port },
    /the name that its certificate is for as the host of FTP_URL/,
  );
});

ftpTest("FtpStore says that the password is wrong, and not what it is", async ({ settings }) => {
  const store = new FtpStore({ ...settings, password: "guessed wrong" });
  await assert.rejects(store.check(), (error: Error) => {
    assert.match(error.message, /530/);
    assert.doesNotMatch(error.message, /guessed/);
    return true;
  });
  store.close();
});

ftpTest("FtpStore works without TLS where that is set", async ({ store }) => {
  await store.put({ name: NAME, bytes: BYTES });
  assert.deepEqual(await store.get(NAME), BYTES);
}, { tls: "none" });

ftpTest("FtpStore works where the server begins with TLS", async ({ store }) => {
  await store.put({ name: NAME, bytes: BYTES });
  assert.deepEqual(await store.get(NAME), BYTES);
}, { tls: "implicit" });

ftpTest("FtpStore.check() sends a file, fetches it and removes it", async ({ store, server }) => {
  await store.check();
  await store.check();
  assert.deepEqual(await filesOn(server), []);
  await Deno.chmod(join(server.folder, "avatars"), 0o555);
  for await (const { name } of Deno.readDir(join(server.folder, "avatars"))) {
    await Deno.remove(join(server.folder, "avatars", name));
  }
  await refuses(ftpSettings(server), /write in the folder of FTP_URL/);
});

ftpTest(
  "FtpStore.check() says how to let go of resumed TLS sessions",
  async ({ store }) => {
    await assert.rejects(store.check(), /require_ssl_reuse=NO .*NoSessionReuseRequired/);
  },
  { sessionReuse: "required" },
);

ftpTest("FtpStore says which setting is wrong about TLS", async ({ settings }) => {
  await refuses({ ...settings, tls: "none" }, /begin FTP_URL with ftps/);
  await refuses({ ...settings, tls: "implicit" }, /leave out tls=implicit/);
});

ftpTest("FtpStore says that a server has no TLS", async ({ settings }) => {
  await refuses({ ...settings, tls: "explicit" }, /switch TLS on .*ssl_enable=YES/);
}, { tls: "none" });

Deno.test("FtpStore gives a server up that takes the connection and says nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const store = new FtpStore({
    host: "127.0.0.1",
    port: listener.addr.port,
    user: "user",
    password: "password",
    tls: "explicit",
    baseDir: "/",
    ca: undefined,
  }, { connectMs: 50, silenceMs: 1_000, workMs: 1_000 });
  const accepted = listener.accept();
  await assert.rejects(store.check(), /not done within 50 ms/);
  (await accepted).close();
  await assert.rejects(store.check(), StoreUnavailableError);
  store.close();
});

async function refuses(settings: ReturnType<typeof ftpSettings>, reason: RegExp): Promise<void> {
  const store = new FtpStore(settings);
  await assert.rejects(store.check(), reason);
  store.close();
}
