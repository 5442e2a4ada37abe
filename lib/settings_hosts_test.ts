/** Hosts, and what else is in the URLs of settings. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { faultsOf } from "@/tests/kit/settings.ts";
import { bracketed, parseAddress, unbracketed } from "./ip_address.ts";
import { readSettings } from "./settings.ts";

Deno.test("an IPv6 address is taken wherever a host is", () => {
  for (const HOST of ["2001:db8::1", "[2001:db8::1]"]) {
    const { host, appUrl } = readSettings({ HOST, PORT: "80" });
    assert.deepEqual([host, appUrl], ["2001:db8::1", "http://[2001:db8::1]"]);
  }
  assert.deepEqual(readSettings({ HOST: "[::1]" }).host, "::1");
  assert.equal(readSettings({ HOST: "::1" }).appUrl, "http://localhost:8000");
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
