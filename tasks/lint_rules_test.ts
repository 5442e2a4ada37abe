import assert from "node:assert/strict";
import { resolve } from "node:path";
import plugin from "./lint_rules.ts";

/** The rules that find fault with the source, were it in that file. */
function rulesAgainst(path: string, source: string): string[] {
  const file = resolve(import.meta.dirname ?? ".", "..", path);
  return Deno.lint.runPlugin(plugin, file, source).map(({ id }) => id);
}

const FAULTS = [
  ["lib/web/a.ts", "Deno.env.get('PORT');", "roster/environment-in-settings"],
  ["lib/web/a.ts", "process.env.PORT;", "roster/environment-in-settings"],
  ["components/A.tsx", "<p dangerouslySetInnerHTML={{ __html }} />;", "roster/no-raw-html"],
  ["islands/A.tsx", "h('p', { dangerouslySetInnerHTML: html });", "roster/no-raw-html"],
  ["islands/A.tsx", "element.innerHTML = text;", "roster/no-raw-html"],
  ["islands/A.tsx", "element.insertAdjacentHTML('beforeend', text);", "roster/no-raw-html"],
  ["lib/repo/users.ts", "sql.raw(order);", "roster/no-raw-sql"],
  ["lib/crypto/token.ts", "crypto.randomUUID();", "roster/no-guessable-random"],
  ["routes/login.tsx", "globalThis.crypto.randomUUID();", "roster/no-guessable-random"],
  ["lib/crypto/a.ts", "import { randomUUID } from 'node:crypto';", "roster/no-guessable-random"],
  ["lib/web/a.ts", "const code = Math.random();", "roster/no-guessable-random"],
  ["lib/crypto/token.ts", "createHash('sha1').update(token);", "roster/no-weak-hash"],
  ["lib/web/a.ts", "createHash('md5');", "roster/no-weak-hash"],
  ["lib/web/a.ts", "crypto.subtle;", "roster/crypto-in-its-folder"],
  [
    "lib/domain/a.ts",
    "import { createCipheriv } from 'node:crypto';",
    "roster/crypto-in-its-folder",
  ],
  ["lib/web/a.ts", "import { pbkdf2 } from 'node:crypto';", "roster/crypto-in-its-folder"],
  ["lib/domain/a.ts", "limits.codes.take(client);", "roster/limits-are-awaited"],
  ["lib/domain/a.ts", "if (services.limits.codes.tryTake(a)) b();", "roster/limits-are-awaited"],
  ["lib/domain/mod.ts", "export * from './users.ts';", "roster/no-barrels"],
  ["lib/domain/mod.ts", "export { find } from './users.ts';", "roster/no-barrels"],
  ["lib/domain/mod.ts", "export type { User } from './users.ts';", "roster/no-barrels"],
] as const;

for (const [path, source, rule] of FAULTS) {
  Deno.test(`deno lint reports ${rule} for ${source}`, () => {
    assert.deepEqual(rulesAgainst(path, source), [rule]);
  });
}

const RIGHT = [
  ["lib/settings.ts", "Deno.env.get('PORT');"],
  ["tests/kit/databases.ts", "Deno.env.get('TEST_POSTGRES_URL');"],
  ["lib/fresh/render.tsx", "<p dangerouslySetInnerHTML={{ __html }} />;"],
  ["migrations/0001_users.ts", "sql.raw(step);"],
  ["lib/crypto/token.ts", "crypto.getRandomValues(new Uint8Array(32));"],
  ["lib/db/transaction.ts", "Math.random();"],
  ["tests/kit/vsftpd.ts", "crypto.randomUUID();"],
  ["lib/storage/picture.ts", "createHash('sha256').update(bytes);"],
  ["lib/fresh/build/options.ts", "createHash('sha1').update(name);"],
  ["lib/crypto/argon2.ts", "crypto.subtle.importKey(format);"],
  ["lib/domain/a.ts", "import { timingSafeEqual } from 'node:crypto';"],
  ["lib/domain/a.ts", "if (!await limits.codes.tryTake(client)) throw error;"],
  ["lib/domain/a.ts", "await services.limits.codes.giveBack(client);"],
  ["lib/fresh/mod.ts", "export { App } from './app.ts';"],
  ["islands/A.tsx", "const text = element.innerHTML;"],
  ["lib/domain/users/users.ts", "export const limit = 1;"],
] as const;

for (const [path, source] of RIGHT) {
  Deno.test(`deno lint takes ${source} in ${path}`, () => {
    assert.deepEqual(rulesAgainst(path, source), []);
  });
}
