import assert from "node:assert/strict";
import { letterHtml, letterText } from "./letter_layout.tsx";
import { composeLetter } from "./letters.ts";
import { previewLetters } from "./preview.ts";

const FACTS = {
  appName: "Roster & Co",
  appUrl: "https://people.example.com",
  at: new Date("2030-01-31T09:30:00Z"),
  browser: "Firefox on Linux",
  network: "192.0.2.7",
  token: "abc",
  code: "ABCD-2345",
};

for (const { name, content } of previewLetters()) {
  Deno.test(`tests/fixtures/letters/${name} is what deno task mail preview writes`, async () => {
    const file = new URL(`../../tests/fixtures/letters/${name}`, import.meta.url);
    assert.equal(await Deno.readTextFile(file), content);
  });
}

Deno.test("text and HTML of an e-mail have the same link, code, time, browser and network", () => {
  const content = composeLetter("verify_email", FACTS);
  for (const body of [letterText(content), letterHtml(content)]) {
    assert.match(body, /https:\/\/people\.example\.com\/verify_email\?token=abc/);
    assert.match(body, /ABCD-2345/);
    assert.match(body, /31 January 2030 at 09:30 UTC, with Firefox on Linux, from 192\.0\.2\.7/);
    assert.match(body, /24 hours/);
    assert.match(body, /15 minutes/);
  }
});

Deno.test("an e-mail loads nothing from elsewhere and escapes what it names", () => {
  const html = letterHtml(composeLetter("verify_email", FACTS));
  assert.doesNotMatch(html, /<(img|link|script)|url\(|@import|src=/);
  assert.match(html, /Roster &amp; Co/);
});

Deno.test("the link stands on a line of its own in the text of an e-mail", () => {
  const lines = letterText(composeLetter("reset_password", FACTS)).split("\n");
  assert.ok(lines.includes("https://people.example.com/reset_password?token=abc"));
});
