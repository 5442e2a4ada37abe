import assert from "node:assert/strict";
import fc from "fast-check";
import { clearCookie, readCookies, setCookie } from "./cookies.ts";

const HTTP = { appUrl: "http://localhost:8000", appSlug: "roster" };
const HTTPS = { appUrl: "https://people.example.com", appSlug: "roster" };

Deno.test("readCookies() reads back whatever value setCookie() writes", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("session", "flash", "color_mode"),
    fc.constantFrom(HTTP, HTTPS),
    (value, name, site) => {
      const [pair] = setCookie(site, name, value).split("; ");
      const headers = new Headers({ cookie: `other=1; ${pair}; more=2` });
      assert.equal(readCookies(site, headers)[name], value);
    },
  ));
});

Deno.test("readCookies() never throws, whatever the header", () => {
  fc.assert(fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
    const cookie = text.replace(/\p{Cc}/gu, "");
    for (const value of Object.values(readCookies(HTTP, new Headers({ cookie })))) {
      assert.equal(typeof value, "string");
    }
  }));
});

Deno.test("over https a cookie without the prefix is ignored", () => {
  const headers = new Headers({ cookie: "roster_session=planted" });
  assert.deepEqual(readCookies(HTTPS, headers), {});
  assert.deepEqual(readCookies(HTTP, headers), { session: "planted" });
});

Deno.test("clearCookie() ends the cookie of the same name and path", () => {
  assert.match(clearCookie(HTTPS, "session"), /^__Host-roster_session=; Max-Age=0; Path=\/; /);
});
