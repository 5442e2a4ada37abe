import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { serverOptions } from "@/lib/serve/permissions.ts";
import { readSettings } from "@/lib/settings.ts";
import { prepareProduction, type ProductionBuild } from "@/tests/kit/build.ts";
import { makeCertificate } from "@/tests/kit/certificate.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { openMailbox } from "@/tests/kit/mailbox.ts";
import { logIn } from "@/tests/kit/people.ts";
import { vsftpd } from "@/tests/kit/programs.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { startVsftpd } from "@/tests/kit/vsftpd.ts";
import { redAndBlue } from "@/tests/storage/pictures.ts";
import { registerUser, startInstance } from "./instance.ts";

let production: Promise<ProductionBuild> | undefined;

Deno.test.afterAll(async () => await (await production)?.[Symbol.asyncDispose]());

/** The values of an option. */
function valuesOf(options: readonly string[], name: string): string[] {
  const option = options.find((one) => one.startsWith(`${name}=`));
  return option?.slice(name.length + 1).split(",") ?? [];
}

Deno.test("a server may reach the hosts of its settings and no other", () => {
  const options = serverOptions(readSettings({
    HOST: "::1",
    DATABASE_URL: "postgres://roster@db1:5432,db2:5433/roster",
    FTP_URL: "ftps://u:p@ftp.example.com/a",
    SMTP_URL: "smtps://mail.example.com",
    MAIL_FROM: "a@example.com",
  }));
  assert.deepEqual(valuesOf(options, "--allow-net"), [
    "[::1]:8000",
    "db1:5432",
    "db2:5433",
    "ftp.example.com",
    "mail.example.com:465",
  ]);
  assert.ok(options.includes("--no-prompt"));
  for (const broad of ["-A", "--allow-all", "--allow-net", "--allow-env", "--allow-read"]) {
    assert.equal(options.includes(broad), false, broad);
  }
  assert.equal(options.some((option) => option.startsWith("--allow-run")), false);
});

Deno.test("a server may read the files of its settings and its own folders", async () => {
  await using folder = await tempFolder();
  const { certificateFile } = await makeCertificate(folder.path);
  const list = `${folder.path}/breached`;
  await Deno.writeTextFile(list, "0123456789\n");
  const options = serverOptions(readSettings({
    DATABASE_URL: `postgres:///roster?host=/run/pg&sslrootcert=${certificateFile}`,
    FTP_URL: "ftps://u:p@ftp.example.com",
    FTP_CA_FILE: certificateFile,
    BREACHED_PASSWORDS_FILE: list,
  }));
  const readable = ["_fresh", "node_modules", ".env", ".data", certificateFile, list];
  assert.deepEqual(valuesOf(options, "--allow-read"), readable);
  assert.deepEqual(valuesOf(options, "--allow-write"), [".data"]);
  assert.ok(valuesOf(options, "--allow-net").includes("unix:/run/pg/.s.PGSQL.5432"));
});

Deno.test("a folder with a comma in its name is one folder", () => {
  const options = serverOptions(readSettings({ DATABASE_URL: "pglite:/srv/a,b/db" }));
  assert.ok(options.some((option) => option === "--allow-write=.data,/srv/a,,b"));
});

databaseTest(
  "with the permissions of its settings a server hashes, sends letters and stores pictures",
  async ({ url }) => {
    await using folder = await tempFolder();
    await using ftp = await startVsftpd();
    const certificate = await makeCertificate(folder.path);
    await using mailbox = openMailbox({ certificate });
    const build = await (production ??= prepareProduction());
    await using server = await startInstance({
      build,
      databaseUrl: url ?? `pglite:${folder.path}/db`,
      env: {
        LOG_LEVEL: "warn",
        // By name: what the packages find out themselves is an address.
        FTP_URL: ftp.url.replace("127.0.0.1", "localhost"),
        FTP_CA_FILE: ftp.certificateFile,
        SMTP_URL: mailbox.url.replace("127.0.0.1", "localhost"),
        SMTP_CA_FILE: certificate.certificateFile,
        MAIL_FROM: "roster@example.org",
      },
    });
    await registerUser(server);
    const { text } = await mailbox.next();
    const browser = server.client();
    const token = /token=([\w-]+)/.exec(text)?.[1] ?? "";
    assert.equal((await browser.postForm("/verify_email", { token })).status, 303);
    assert.equal((await logIn(browser, "grace")).status, 200);
    const form = new FormData();
    form.set("user_id", "1");
    form.set("image", new Blob([new Uint8Array(await redAndBlue("png"))]), "a.png");
    const headers = { accept: "application/json", origin: server.origin };
    const answer = await browser.send("/edit_user", { method: "PUT", headers, body: form });
    assert.equal(answer.status, 200, answer.text);
    while ((await filesIn(ftp.folder)).length < 2) await pause(50);
    assert.equal((await browser.get("/readyz")).status, 200);
    assert.equal(server.process.output(), "");
  },
  { ignore: !vsftpd.find() },
);

async function filesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) names.push(...await filesIn(`${folder}/${name}`));
    else if (name.endsWith(".webp")) names.push(name);
  }
  return names;
}
