/** What a start says of settings that do nothing. */
import assert from "node:assert/strict";
import { makeCertificate } from "@/tests/kit/certificate.ts";
import { openssl } from "@/tests/kit/programs.ts";
import { faultsOf } from "@/tests/kit/settings.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { readSettings } from "./settings.ts";
import type { Environment } from "./settings/env_file.ts";

/** Settings that take no effect by themselves, and what makes them count. */
const IDLE: readonly [name: string, env: Environment, cure: Environment][] = [
  ["IMAGE_PUBLIC_URL", { IMAGE_PUBLIC_URL: "https://i.example.com" }, {
    FTP_URL: "ftps://f.example.com",
  }],
  ["FTP_ALLOW_PLAINTEXT", { FTP_ALLOW_PLAINTEXT: "1", FTP_URL: "ftps://f.example.com" }, {
    FTP_URL: "ftp://f.example.com",
  }],
  ["ALLOW_HTTP", { ALLOW_HTTP: "1" }, { APP_URL: "http://people.example.com" }],
  ["DATABASE_ALLOW_PLAINTEXT", { DATABASE_ALLOW_PLAINTEXT: "1", PGSSLMODE: "disable" }, {
    PGHOST: "db.example.com",
  }],
  ["SMTP_ALLOW_PLAINTEXT", { SMTP_ALLOW_PLAINTEXT: "1" }, {
    SMTP_URL: "smtp://mail.example.com",
    MAIL_FROM: "a@b.c",
  }],
  ["MAIL_FROM", { MAIL_FROM: "a@b.c" }, { SMTP_URL: "smtps://mail.example.com" }],
  ["SESSION_IDLE_MINUTES", { SESSION_IDLE_MINUTES: "121", SESSION_MAX_HOURS: "2" }, {
    SESSION_IDLE_MINUTES: "120",
  }],
  ["TWO_FACTOR", { TWO_FACTOR: "all", APP_ENV: "test", APP_URL: "http://people.example.com" }, {
    APP_URL: "https://people.example.com",
  }],
  ["TWO_FACTOR", { TWO_FACTOR: "admins", APP_ENV: "test", APP_URL: "https://192.0.2.1" }, {
    SECRET_KEY: "x".repeat(32),
  }],
  ["TWO_FACTOR_FROM", { TWO_FACTOR_FROM: "2027-01-31" }, { TWO_FACTOR: "all" }],
  ["TRUST_PROXY", { TRUST_PROXY: "10.0.0.1, 0.0.0.0" }, { TRUST_PROXY: "10.0.0.1" }],
  ["TRUST_PROXY", { TRUST_PROXY: "0.0.0.0/0" }, { TRUST_PROXY: "0.0.0.0/1" }],
  ["TRUST_PROXY", { TRUST_PROXY: "ff02::1" }, { TRUST_PROXY: "fe80::1" }],
  ["TRUST_PROXY", { TRUST_PROXY: "10.0.0.1", HOST: "127.0.0.1" }, { HOST: "0.0.0.0" }],
];

Deno.test("a setting that takes no effect is told, until it does", () => {
  for (const [name, env, cure] of IDLE) {
    const { notices } = readSettings(env);
    assert.deepEqual(notices.map((notice) => notice.split(" ")[0]), [name]);
    assert.deepEqual(readSettings({ ...env, ...cure }).notices, [], name);
  }
});

Deno.test({
  name: "a certificate file that no server's URL makes use of is told",
  ignore: openssl.find() === undefined,
  async fn() {
    await using folder = await tempFolder();
    const { certificateFile: FTP_CA_FILE } = await makeCertificate(folder.path);
    const env = { FTP_CA_FILE, SMTP_CA_FILE: FTP_CA_FILE, FTP_URL: "ftp://f.example.com" };
    const names = (env: Environment) => readSettings(env).notices.map((text) => text.split(" ")[0]);
    assert.deepEqual(names(env), ["FTP_CA_FILE", "SMTP_CA_FILE"]);
    const mail = { SMTP_URL: "smtp://mail.example.com", MAIL_FROM: "a@b.c" };
    assert.deepEqual(names({ ...env, ...mail, FTP_URL: "ftps://f.example.com" }), []);
  },
});

Deno.test("a name that looks like a setting's is told, with the right one", () => {
  const slips = {
    FTP_ULR: "FTP_URL",
    TRUST_PROXIES: "TRUST_PROXY",
    SMPT_URL: "SMTP_URL",
    SESSION_IDLE_MINUTE: "SESSION_IDLE_MINUTES",
    app_url: "APP_URL",
    "FTP-URL": "FTP_URL",
    PROT: "PORT",
  };
  for (const [name, meant] of Object.entries(slips)) {
    const notice = [`${name} is no setting: did you mean ${meant}?`];
    assert.deepEqual(readSettings({ [name]: "x" }).notices, notice);
    assert.deepEqual(readSettings({}, { [name]: "x" }).notices, notice);
  }
  const faults = faultsOf({ APP_ENV: "production", APP_ULR: "https://people.example.com" });
  assert.match(faults.join(), /APP_URL is missing.*APP_ULR is no setting: did you mean APP_URL/);
});

Deno.test("other names are ignored in the environment, but not in .env", () => {
  const names = "PATH HOME HOSTNAME HOSTTYPE USER LANG MAIL MAILTO LOGNAME NODE_ENV APP_KEY TERM " +
    "SESSION_MANAGER HTTP_URL SMTP_HOST LOG_FILE PGHOST PGUSER DENO_DIR XDG_SESSION_ID SHELL";
  const env = Object.fromEntries(names.split(" ").map((name) => [name, "x"]));
  assert.deepEqual(readSettings(env).notices, []);
  assert.deepEqual(readSettings({ APP_URL: "http://a.example", API_URL: "x" }).notices, []);
  const { notices } = readSettings({}, {
    FTP_PASSWORD: "x",
    PGHOST: "db",
    DENO_DIR: "x",
    OTHER: "x",
  });
  assert.equal(notices.length, 1);
  assert.match(notices[0] ?? "", /^FTP_PASSWORD is no setting/);
});
