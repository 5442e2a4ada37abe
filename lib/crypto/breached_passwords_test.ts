import assert from "node:assert/strict";
import fc from "fast-check";
import { openBreachedPasswords, sampleBreachedPasswords } from "./breached_passwords.ts";
import { sha1Of } from "@/tests/kit/sha1.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

/** How a list is written. */
interface Format {
  readonly chars: number;
  readonly lowerCase: boolean;
  readonly counts: boolean;
  readonly lineEnd: string;
  readonly lastLineEnds: boolean;
}

const formats: fc.Arbitrary<Format> = fc.record({
  chars: fc.integer({ min: 10, max: 40 }),
  lowerCase: fc.boolean(),
  counts: fc.boolean(),
  lineEnd: fc.constantFrom("\n", "\r\n"),
  lastLineEnds: fc.boolean(),
});

function listOf(passwords: readonly string[], format: Format): string {
  const lines = passwords.map((password) => sha1Of(password).slice(0, format.chars)).sort()
    .map((hash) => format.lowerCase ? hash.toLowerCase() : hash)
    .map((hash, index) => format.counts ? `${hash}:${index ** 3}` : hash);
  const end = format.lastLineEnds && lines.length > 0 ? format.lineEnd : "";
  return lines.join(format.lineEnd) + end;
}

/** An error would be a fault of the search. */
const log = {
  error(...words: unknown[]) {
    throw new Error(JSON.stringify(words));
  },
};

Deno.test("exactly the passwords of a list are found, however it is written", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/list`;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2_000 })),
      formats,
      fc.string({ unit: "binary" }),
      async (count, format, extra) => {
        const listed = Array.from({ length: count }, (_, index) => `${extra} ${index}`);
        await Deno.writeTextFile(path, listOf(listed, format));
        const { has } = openBreachedPasswords(path, log);
        const asked = new Set([
          0,
          1,
          Math.floor(count / 2),
          count - 2,
          count - 1,
          count,
          count + 1,
        ]);
        for (const index of asked) {
          const password = `${extra} ${index}`;
          const expected = listed.includes(password);
          assert.equal(await has(password), expected, `${index} of ${count}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("every password of a list is found, also the first and the last one", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/list`;
  const listed = Array.from({ length: 1_000 }, (_, index) => `password ${index}`);
  const format = { chars: 40, lowerCase: false, counts: true, lineEnd: "\r\n", lastLineEnds: true };
  await Deno.writeTextFile(path, listOf(listed, format));
  const { has } = openBreachedPasswords(path, log);
  for (const password of listed) assert.ok(await has(password), password);
  for (const password of listed) assert.ok(!await has(`${password}!`), password);
});

Deno.test("a list that cannot be read is logged and refuses no password", async () => {
  const logged: unknown[] = [];
  const { has } = openBreachedPasswords("/nowhere/list", {
    error: (...words: unknown[]) => void logged.push(words.at(-1)),
  });
  assert.equal(await has("password"), false);
  assert.deepEqual(logged, ["BREACHED_PASSWORDS_FILE cannot be read"]);
});

Deno.test("a list in the order of counts is told from one in the order of hashes", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/list`;
  const hashes = Array.from({ length: 3_000 }, (_, index) => sha1Of(String(index)));
  await Deno.writeTextFile(path, `${hashes.join(":1\n")}:1\n`);
  assert.equal((await sampleBreachedPasswords(path)).isSorted, false);
  await Deno.writeTextFile(path, `${hashes.sort().join(":1\n")}:1\n`);
  const { count, isSorted } = await sampleBreachedPasswords(path);
  assert.ok(isSorted && Math.abs(count - 3_000) < 10, String(count));
  await Deno.writeTextFile(path, "correct horse\nbattery staple\n");
  assert.equal((await sampleBreachedPasswords(path)).isSorted, false);
});
