import assert from "node:assert/strict";
import fc from "fast-check";
import { bracketed, parseAddress, unbracketed } from "./ip_address.ts";
import { makeCertificate } from "@/tests/kit/certificate.ts";
import { openssl } from "@/tests/kit/programs.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { readSettings, SettingsError } from "./settings.ts";
import type { Environment } from "./settings/env_file.ts";

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
  const plain = { ...PRODUCTION, FTP_URL: "ftp://roster:secret@files.example.com" };
  assert.match(faultsOf(plain).join(), /^FTP_URL .*ftps/);
  assert.equal(readSettings({ ...plain, FTP_ALLOW_PLAINTEXT: "1" }).ftp?.tls, "none");
  assert.equal(readSettings(PRODUCTION).host, "0.0.0.0");
});

/** What production refuses, by what it says, and what makes it right. */
const UNSAFE: readonly [fact: string, env: Environment, fault: RegExp, cures: Environment[]][] = [
  ["an http address", { APP_URL: "http://people.example.com" }, /^APP_URL begins with http:/, [
    { ALLOW_HTTP: "1" },
    { APP_URL: "https://people.example.com" },
    { APP_URL: "http://localhost:8000" },
    { APP_URL: "http://127.0.0.1:8000" },
    { APP_URL: "http://[::1]:8000" },
  ]],
  [
    "an http address of pictures",
    { FTP_URL: "ftps://u:secret@f.example.com", IMAGE_PUBLIC_URL: "http://i.example.com" },
    /^IMAGE_PUBLIC_URL begins with http:/,
    [{ ALLOW_HTTP: "1" }, { IMAGE_PUBLIC_URL: "https://i.example.com" }],
  ],
  ["an FTP server without a user", { FTP_URL: "ftps://f.example.com" }, /^FTP_URL names no user/, [
    { FTP_URL: "ftps://roster:secret@f.example.com" },
  ]],
  [
    "a database on another host without TLS",
    { DATABASE_URL: "postgres://roster:secret@db.example.com/roster?sslmode=disable" },
    /^sslmode is "disable".*verify-full/,
    [
      { DATABASE_ALLOW_PLAINTEXT: "1" },
      { DATABASE_URL: "postgres://roster:secret@db.example.com/roster?sslmode=require" },
      { DATABASE_URL: "postgres://roster:secret@127.0.0.1/roster?sslmode=disable" },
      { DATABASE_URL: "postgres://roster:secret@/roster?host=/run/pg&sslmode=disable" },
    ],
  ],
  [
    "a database that is first asked without TLS",
    { PGHOST: "db.example.com", PGSSLMODE: "allow" },
    /^sslmode is "allow"/,
    [{ PGSSLMODE: "verify-full" }, { PGHOST: "localhost" }],
  ],
  [
    "the password postgres",
    { DATABASE_URL: "postgres://roster:postgres@127.0.0.1/roster" },
    /^DATABASE_URL or PGPASSWORD has a password that everybody knows/,
    [{ DATABASE_URL: "postgres://roster:secret@127.0.0.1/roster" }],
  ],
  [
    "the name of the user as the password of the database",
    { PGHOST: "localhost", PGUSER: "roster", PGPASSWORD: "roster" },
    /^DATABASE_URL or PGPASSWORD has a password that everybody knows/,
    [{ PGPASSWORD: "secret" }],
  ],
  [
    "the name of the user as the password of FTP",
    { FTP_URL: "ftps://roster:roster@f.example.com" },
    /^FTP_URL has a password that everybody knows/,
    [{ FTP_URL: "ftps://roster:secret@f.example.com" }],
  ],
  [
    "the name of the user as the password of SMTP",
    { SMTP_URL: "smtps://roster:roster@m.example.com", MAIL_FROM: "a@b.c" },
    /^SMTP_URL has a password that everybody knows/,
    [{ SMTP_URL: "smtps://roster:secret@m.example.com" }],
  ],
  ["easily guessed passwords", { PASSWORD_MIN_SCORE: "1" }, /^PASSWORD_MIN_SCORE is "1".* 2/, [
    { PASSWORD_MIN_SCORE: "2" },
  ]],
];

for (const [fact, env, fault, cures] of UNSAFE) {
  Deno.test(`production refuses ${fact}, until it is set right`, () => {
    const [told = "", ...others] = faultsOf({ ...PRODUCTION, ...env });
    assert.match(told, fault);
    assert.deepEqual(others, []);
    assert.doesNotMatch(told, /secret/);
    for (const cure of cures) assert.deepEqual(faultsOf({ ...PRODUCTION, ...env, ...cure }), []);
    // A developer may.
    assert.deepEqual(faultsOf({ ...PRODUCTION, ...env, APP_ENV: "development" }), []);
  });
}

Deno.test("DATABASE_URL and the PG* names choose the database", () => {
  const database = (env: Environment) => readSettings(env).database;
  const hostOf = (env: Environment) => {
    const chosen = database(env);
    return chosen.kind === "postgres" ? chosen.server.routes[0]?.host : chosen.path;
  };
  assert.equal(
    hostOf({ DATABASE_URL: "postgres://db.example.com/x", PGHOST: "y" }),
    "db.example.com",
  );
  assert.equal(hostOf({ PGHOST: "db.example.com" }), "db.example.com");
  const fromFile = readSettings({}, { PGHOST: "db.example.com", PGPORT: "5433" }).database;
  assert.ok(fromFile.kind === "postgres" && fromFile.server.routes[0]?.port === 5433);
  assert.match(faultsOf({ DATABASE_URL: "postgres://db/x?service=y" }).join(), /service/);
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
    tls: "explicit",
    ca: undefined,
  });
});

Deno.test("FTP_URL says which TLS, and which folder", () => {
  const read = (FTP_URL: string) => {
    const { tls, port, baseDir } = readSettings({ FTP_URL }).ftp ?? {};
    return [tls, port, baseDir];
  };
  assert.deepEqual(read("ftp://files.example.com"), ["none", 21, "/"]);
  assert.deepEqual(read("ftps://files.example.com:990/"), ["implicit", 990, "/"]);
  assert.deepEqual(read("ftps://files.example.com?tls=implicit"), ["implicit", 990, "/"]);
  assert.deepEqual(read("ftps://[::1]:2121/a?tls=implicit"), ["implicit", 2121, "/a"]);
  assert.deepEqual(read("ftps://files.example.com:990/a/?tls=explicit"), ["explicit", 990, "/a"]);
  assert.deepEqual(read("ftps://files.example.com//srv//a"), ["explicit", 21, "/srv/a"]);
  assert.deepEqual(read("ftps://files.example.com/~/a/b"), ["explicit", 21, "~/a/b"]);
  assert.deepEqual(read("ftps://files.example.com/~"), ["explicit", 21, "~"]);
  for (const query of ["?tls=", "?tls=no", "?ssl=1", "?tls=implicit&x=1"]) {
    assert.equal(faultsOf({ FTP_URL: `ftps://files.example.com/${query}` }).length, 1, query);
  }
  assert.equal(faultsOf({ FTP_URL: "ftp://files.example.com/?tls=implicit" }).length, 1);
});

Deno.test("an IPv6 address is taken wherever a host is", () => {
  for (const HOST of ["::1", "[::1]"]) {
    const { host, appUrl } = readSettings({ HOST, PORT: "80" });
    assert.deepEqual([host, appUrl], ["::1", "http://[::1]"]);
  }
  assert.equal(readSettings({ HOST: "::" }).appUrl, "http://localhost:8000");
  assert.equal(readSettings({ HOST: "0.0.0.0" }).appUrl, "http://localhost:8000");
  assert.equal(
    readSettings({ FTP_URL: "ftp://u:p@[2001:db8::1]:2121/x" }).ftp?.host,
    "2001:db8::1",
  );
  const mail = { SMTP_URL: "smtp://[::1]:2525", MAIL_FROM: "roster@localhost" };
  assert.deepEqual(readSettings(mail).smtp, {
    host: "::1",
    port: 2525,
    tls: "starttls",
    account: undefined,
    ca: undefined,
    requiresTls: false,
  });
  assert.equal(readSettings({ APP_URL: "http://[::1]:8000/" }).appUrl, "http://[::1]:8000");
});

Deno.test("a host that is none is a fault, wherever a host is", () => {
  for (
    const host of [
      "300.1.1.1",
      "1.2.3",
      "010.0.0.1",
      "*",
      "a b",
      "-x",
      "a..b",
      "[::1",
      "::1::",
      "é:",
    ]
  ) {
    assert.equal(faultsOf({ HOST: host }).length, 1, host);
    const written = encodeURI(host);
    assert.equal(faultsOf({ FTP_URL: `ftps://u:p@${written}:2121/x` }).length, 1, host);
    const mail = { MAIL_FROM: "roster@localhost", SMTP_URL: `smtps://${written}:465` };
    assert.equal(faultsOf(mail).length, 1, host);
  }
  for (const host of ["*", "-x", "a..b", "300.1.1.1"]) {
    assert.equal(faultsOf({ APP_URL: `http://${host}` }).length, 1, host);
    assert.equal(faultsOf({ IMAGE_PUBLIC_URL: `https://${host}/i` }).length, 1, host);
  }
  for (const port of ["0", "65536", "21x", "-1"]) {
    assert.equal(faultsOf({ FTP_URL: `ftps://files.example.com:${port}/` }).length, 1, port);
  }
});

Deno.test("what goes into a URL in escapes comes out of it", () => {
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6().map(bracketed));
  // deno-lint-ignore no-control-regex -- control characters are no part of a name or password
  const text = fc.string({ unit: "grapheme" }).filter((text) => !/[\0-\x1f\x7f]/.test(text));
  const parts = fc.record({
    host,
    port: fc.integer({ min: 1, max: 65_535 }),
    user: text.filter((user) => user !== ""),
    password: text,
    folder: text.filter((folder) => !/^[.~]|^\s|\s$/.test(folder) && !folder.includes("/")),
  });
  fc.assert(fc.property(parts, ({ host, port, user, password, folder }) => {
    const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
    const { ftp, smtp } = readSettings({
      FTP_URL: `FTPS://${account}@${host}:${port}/${encodeURIComponent(folder)}?tls=explicit`,
      SMTP_URL: `smtp://${account}@${host}:${port}`,
      MAIL_FROM: "roster@localhost",
    });
    const address = unbracketed(host).toLowerCase();
    assert.deepEqual(
      { host: ftp?.host, port: ftp?.port, user: ftp?.user, password: ftp?.password },
      { host: ftp?.host, port, user, password },
    );
    assert.equal(parseAddress(ftp?.host ?? "") ?? ftp?.host, parseAddress(address) ?? address);
    assert.deepEqual(smtp?.account, { user, password });
    assert.equal(ftp?.baseDir, `/${folder}`);
  }));
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

Deno.test("whole numbers and switches are taken as a naive reader takes them", () => {
  const words = fc.oneof(fc.string(), fc.nat(70_000).map(String), fc.constantFrom("1", "true"));
  fc.assert(fc.property(words, (text) => {
    const given = text.trim();
    const isNumber = given === "" || (/^[0-9]{1,9}$/.test(given) && Number(given) <= 65_535);
    assert.equal(faultsOf({ PORT: text }).length, isNumber ? 0 : 1, text);
    const isSwitch = ["", "0", "1", "true", "false"].includes(given);
    assert.equal(faultsOf({ FTP_ALLOW_PLAINTEXT: text }).length, isSwitch ? 0 : 1, text);
  }));
});

Deno.test("MAIL_FROM is one address, with a name if wished", () => {
  const from = (MAIL_FROM: string) => readSettings({ MAIL_FROM }).mailFrom;
  assert.deepEqual(from("Roster <a@example.com>"), { name: "Roster", address: "a@example.com" });
  assert.deepEqual(from('"Doe, Inc." <a@b.c>'), { name: "Doe, Inc.", address: "a@b.c" });
  assert.deepEqual(from("roster@localhost"), { name: "", address: "roster@localhost" });
  for (const wrong of ["Roster", "a@b, c@d", "<a@b> <c@d>", "a@", "Roster <a@b", "a b@c"]) {
    assert.match(faultsOf({ MAIL_FROM: wrong }).join(), /^MAIL_FROM is .*sender/, wrong);
  }
});

Deno.test("a certificate file that has none is a fault", async () => {
  const file = await Deno.makeTempFile();
  for (const path of [file, "/nowhere.pem", "/tmp"]) {
    assert.match(faultsOf({ FTP_CA_FILE: path }).join(), /^FTP_CA_FILE is .*PEM/, path);
    assert.match(faultsOf({ SMTP_CA_FILE: path }).join(), /^SMTP_CA_FILE is .*PEM/, path);
  }
  await Deno.remove(file);
});

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

Deno.test("the environment's other names are left alone; .env is for settings", () => {
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

Deno.test("the settings cannot be changed", () => {
  const settings = readSettings({ TRUST_PROXY: "192.0.2.1, 192.0.2.2" });
  assert.deepEqual(settings.trustProxy, [
    { address: "192.0.2.1", bits: 32 },
    { address: "192.0.2.2", bits: 32 },
  ]);
  assert.ok(Object.isFrozen(settings) && Object.isFrozen(settings.trustProxy));
});
