import assert from "node:assert/strict";
import { browserName } from "./browser_name.ts";

const NAMES: readonly [userAgent: string, name: string][] = [
  ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 " +
    "(KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
    "Safari on iOS",
  ],
  ["", "an unknown browser"],
  ["visit www.example.com/now please", "an unknown browser"],
];

for (const [userAgent, name] of NAMES) {
  Deno.test(`browserName("${userAgent.slice(0, 30)}") is "${name}"`, () => {
    assert.equal(browserName(userAgent), name);
  });
}
