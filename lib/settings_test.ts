import assert from "node:assert/strict";
import { type Environment, readSettings, SettingsError } from "./settings.ts";

/** What is said of an environment that is wrong. */
function faultsOf(env: Environment): readonly string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

const PRODUCTION = { APP_ENV: "production", APP_URL: "https://people.example.com" };

Deno.test("without any setting a server for one developer comes up", () => {
  const settings = readSettings({});
  assert.equal(settings.appUrl, "http://127.0.0.1:8000");
  assert.deepEqual(settings.database, { kind: "pglite", path: ".data/db" });
  assert.equal(settings.ftp, undefined);
  assert.equal(settings.emailVerification, "optional");
  assert.equal(settings.logFormat, "pretty");
});

Deno.test("an empty setting counts as none", () => {
  assert.deepEqual(readSettings({ PORT: "", FTP_URL: " " }), readSettings({}));
});

Deno.test("all faults are told at once, each with name, value and what is allowed", () => {
  const faults = faultsOf({ PORT: "80a", APP_ENV: "live", PASSWORD_MIN_SCORE: "5" });
  assert.equal(faults.length, 3);
  assert.ok(faults.some((fault) => /^PORT is "80a".* 0 to 65535/.test(fault)), faults.join());
  assert.ok(faults.some((fault) => /^APP_ENV is "live".*production/.test(fault)), faults.join());
});

Deno.test("no fault repeats a password", () => {
  const faults = faultsOf({
    ...PRODUCTION,
    DATABASE_URL: "mysql://user:hunter2@db/x",
    FTP_URL: "ftp://user:hunter2@files.example.com/",
    SMTP_URL: "imap://user:hunter2@mail.example.com",
  });
  assert.equal(faults.length, 3);
  assert.doesNotMatch(faults.join(), /hunter2/);
});

Deno.test("no fault repeats a password that keeps a URL from being one", () => {
  for (
    const url of [
      "ftps://user:hunter2/more@files.example.com/",
      "user:hunter2@files.example.com",
      "nonsense://files.example.com?password=hunter2",
    ]
  ) {
    const [fault = ""] = faultsOf({ FTP_URL: url });
    assert.match(fault, /^FTP_URL is ".+": /, url);
    assert.doesNotMatch(fault, /hunter2/, url);
  }
});

Deno.test("production needs the public origin and refuses plain FTP", () => {
  assert.match(faultsOf({ APP_ENV: "production" }).join(), /^APP_URL is missing/);
  const plain = { ...PRODUCTION, FTP_URL: "ftp://files.example.com" };
  assert.match(faultsOf(plain).join(), /^FTP_URL .*ftps/);
  assert.equal(readSettings({ ...plain, FTP_ALLOW_PLAINTEXT: "1" }).ftp?.secure, false);
  assert.equal(readSettings(PRODUCTION).host, "0.0.0.0");
});

Deno.test("DATABASE_URL and the PG* names choose the database", () => {
  const database = (env: Environment) => readSettings(env).database;
  const url = "postgres://roster@db.example.com/roster?sslmode=require";
  assert.deepEqual(database({ DATABASE_URL: url }), { kind: "postgres", url });
  assert.deepEqual(database({ PGHOST: "db.example.com" }), { kind: "postgres" });
  const memory = { kind: "pglite", path: "memory" };
  assert.deepEqual(database({ DATABASE_URL: "pglite:memory", PGHOST: "db" }), memory);
});

Deno.test("FTP_URL is taken apart, with its escapes read", () => {
  const { ftp } = readSettings({ FTP_URL: "ftps://a%40b:p%2Fw@files.example.com/my%20avatars/" });
  assert.deepEqual(ftp, {
    host: "files.example.com",
    port: 21,
    user: "a@b",
    password: "p/w",
    baseDir: "/my avatars",
    secure: true,
    ca: undefined,
  });
});

Deno.test("an FTP_URL with a broken escape is a fault", () => {
  assert.match(faultsOf({ FTP_URL: "ftps://a:100%zz@files.example.com" }).join(), /^FTP_URL is/);
});

Deno.test("mail makes proving the address the rule, and needs a sender", () => {
  const SMTP_URL = "smtp://mail.example.com";
  assert.match(faultsOf({ SMTP_URL }).join(), /^MAIL_FROM is missing/);
  const env = { SMTP_URL, MAIL_FROM: "Roster <people@example.com>" };
  assert.equal(readSettings(env).emailVerification, "required");
  const optional = { ...env, EMAIL_VERIFICATION: "optional" };
  assert.equal(readSettings(optional).emailVerification, "optional");
});

Deno.test("TRUST_PROXY takes addresses and networks, and names what is neither", () => {
  for (const wrong of ["nginx", "*", "300.1.1.1", "10.0.0.0/33", "::1 127.0.0.1", "::1;::2"]) {
    const [fault = "", ...others] = faultsOf({ TRUST_PROXY: `10.0.0.0/8, ${wrong}` });
    assert.match(fault, /^TRUST_PROXY is .*separated by commas/, wrong);
    assert.ok(fault.includes(`"${wrong}" is neither`), fault);
    assert.deepEqual(others, []);
  }
});

Deno.test("the settings cannot be changed", () => {
  const settings = readSettings({ TRUST_PROXY: "192.0.2.1, 192.0.2.2" });
  assert.deepEqual(settings.trustProxy, [
    { address: "192.0.2.1", bits: 32 },
    { address: "192.0.2.2", bits: 32 },
  ]);
  assert.ok(Object.isFrozen(settings) && Object.isFrozen(settings.trustProxy));
});
