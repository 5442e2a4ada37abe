import assert from "node:assert/strict";
import fc from "fast-check";
import { tempFolder } from "@/tests/kit/temp.ts";
import { faultsOf } from "@/tests/kit/settings.ts";
import { readSettings } from "./settings.ts";
import type { Environment } from "./settings/env_file.ts";

const PRODUCTION = { APP_ENV: "production", APP_URL: "https://people.example.com" };

Deno.test("without any setting a server for one developer comes up", () => {
  const settings = readSettings({});
  assert.equal(settings.appUrl, "http://localhost:8000");
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

Deno.test("SECRET_KEY takes keys by commas, and no fault repeats one", async () => {
  await using folder = await tempFolder();
  const [first, second] = ["a".repeat(32), "b".repeat(40)];
  const SECRET_KEY_FILE = `${folder.path}/key`;
  await Deno.writeTextFile(SECRET_KEY_FILE, `${first}\n`);
  assert.deepEqual(readSettings({ SECRET_KEY: `${first}, ${second}` }).secretKeys, [first, second]);
  const { secretKeys, files } = readSettings({ SECRET_KEY_FILE });
  assert.deepEqual([secretKeys, files], [[first], [SECRET_KEY_FILE]]);
  assert.equal(readSettings({}).secretKeys, undefined);
  assert.match(faultsOf({ SECRET_KEY: first, SECRET_KEY_FILE }).join(), /leave one out/);
  const [fault = ""] = faultsOf({ SECRET_KEY: `${first},hunter2` });
  assert.match(fault, /^SECRET_KEY is "…": keys of at least 32 characters.* deno task secret/);
  await Deno.writeTextFile(SECRET_KEY_FILE, "hunter2");
  assert.match(faultsOf({ SECRET_KEY_FILE }).join(), /^SECRET_KEY is "…": keys of at least/);
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
    "a database on another host that may be reached without TLS, as by default",
    { DATABASE_URL: "postgres://roster:secret@db.example.com/roster" },
    /^sslmode is "prefer".*verify-full/,
    [
      { PGSSLMODE: "require" },
      { PGSSLMODE: "verify-full" },
      { DATABASE_ALLOW_PLAINTEXT: "1" },
      { DATABASE_URL: "postgres://roster:secret@localhost/roster" },
    ],
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

Deno.test("TWO_FACTOR_FROM takes a day that exists, and is its beginning in UTC", () => {
  const { twoFactorFrom } = readSettings({ TWO_FACTOR: "all", TWO_FACTOR_FROM: "2028-02-29" });
  assert.equal(twoFactorFrom?.toISOString(), "2028-02-29T00:00:00.000Z");
  for (const wrong of ["2027-02-29", "31.1.2027", "2027-1-31", "tomorrow", "2027-01-31T10:00"]) {
    const [fault = ""] = faultsOf({ TWO_FACTOR_FROM: wrong });
    assert.match(fault, /^TWO_FACTOR_FROM is .*a day such as 2027-01-31/, wrong);
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

Deno.test("a list of passwords that cannot be read, or has no hashes, is a fault", async () => {
  const file = await Deno.makeTempFile();
  for (const path of [file, "/nowhere", "/tmp", "deno.json"]) {
    const faults = faultsOf({ BREACHED_PASSWORDS_FILE: path }).join();
    assert.match(faults, /^BREACHED_PASSWORDS_FILE is .*with a SHA-1 hash per line$/, path);
  }
  await Deno.writeTextFile(file, "0123456789ABCDEF:7\r\n");
  assert.equal(readSettings({ BREACHED_PASSWORDS_FILE: file }).breachedPasswordsFile, file);
  await Deno.remove(file);
});

Deno.test("a certificate file that has none is a fault", async () => {
  const file = await Deno.makeTempFile();
  for (const path of [file, "/nowhere.pem", "/tmp"]) {
    assert.match(faultsOf({ FTP_CA_FILE: path }).join(), /^FTP_CA_FILE is .*PEM/, path);
    assert.match(faultsOf({ SMTP_CA_FILE: path }).join(), /^SMTP_CA_FILE is .*PEM/, path);
  }
  await Deno.remove(file);
});

Deno.test("a setting with a password may lie in a file, which the server may read", async () => {
  await using folder = await tempFolder();
  const file = `${folder.path}/secret`;
  await Deno.writeTextFile(file, "ftps://roster:secret@f.example.com\n");
  const settings = readSettings({ FTP_URL_FILE: file });
  assert.deepEqual([settings.ftp?.user, settings.ftp?.password], ["roster", "secret"]);
  assert.deepEqual([settings.files, settings.notices], [[file], []]);
  await Deno.writeTextFile(file, "secret\n");
  const database = readSettings({ PGHOST: "db", PGUSER: "roster", PGPASSWORD_FILE: file }).database;
  assert.equal(database.kind === "postgres" && database.server.routes[0]?.password, "secret");
  assert.match(
    faultsOf({ SMTP_URL_FILE: `${file}-of-nobody` }).join(),
    /^SMTP_URL_FILE is ".*-of-nobody": a file that can be read is allowed/,
  );
  assert.deepEqual(faultsOf({ PGHOST: "db", PGPASSWORD: "other", PGPASSWORD_FILE: file }), [
    "PGPASSWORD and PGPASSWORD_FILE are both set: leave one out",
  ]);
});

Deno.test("the settings cannot be changed", () => {
  const settings = readSettings({ TRUST_PROXY: "192.0.2.1, 192.0.2.2" });
  assert.deepEqual(settings.trustProxy, [
    { address: "192.0.2.1", bits: 32 },
    { address: "192.0.2.2", bits: 32 },
  ]);
  assert.ok(Object.isFrozen(settings) && Object.isFrozen(settings.trustProxy));
});
