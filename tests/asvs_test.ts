import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";

/** A requirement of OWASP ASVS 5.0 that applies. */
interface Requirement {
  readonly id: string;
  readonly level: string;
  readonly requirement: string;
  readonly status: string;
  /** Parts between ` | `: see {@linkcode KINDS}. */
  readonly evidence: string;
}

/** Kinds of evidence, and how each is looked up. */
const KINDS: readonly [pattern: RegExp, find: (...parts: string[]) => Promise<boolean>][] = [
  [/^([\w./-]+_test\.tsx?): (.+)$/, async (file, title) => {
    const source = await read(file);
    return [`"${title}"`, `\`${title}\``].some((literal) => source.includes(literal));
  }],
  [
    /^([\w./-]+\.md)#([\w-]+)$/,
    async (file, anchor) => headingsOf(await read(file)).includes(anchor!),
  ],
  [/^review: ([\w./-]+)$/, async (file) => await read(file) !== ""],
  [/^waits: .+$/, () => Promise.resolve(true)],
];

const requirements: readonly Requirement[] = parse(
  await Deno.readTextFile("docs/security/asvs.csv"),
  { columns: true },
);

Deno.test("each requirement of the ASVS names an existing test, heading or file", async () => {
  for (const { id, evidence } of requirements) {
    for (const part of evidence.split(" | ")) assert.ok(await isThere(part), `${id}: ${part}`);
  }
});

Deno.test("a requirement that is met lists nothing open, and every other one lists what is missing", () => {
  for (const { id, status, evidence } of requirements) {
    const parts = evidence.split(" | ");
    const waits = parts.filter((part) => part.startsWith("waits: ")).length;
    const proofs = parts.length - waits;
    const expected = { met: [true, 0], partly: [true, 1], gap: [false, 1] }[status];
    assert.deepEqual([proofs > 0, waits], expected, id);
  }
});

Deno.test("docs/security.md counts the requirements of the ASVS as the table does", async () => {
  const text = await read("docs/security.md");
  const counts = Object.groupBy(requirements, ({ status }) => status);
  for (const status of ["met", "partly", "gap"]) {
    const told = new RegExp(`^- ${status}: (\\d+)`, "m").exec(text)?.[1];
    assert.equal(Number(told), counts[status]?.length, status);
  }
  assert.equal(
    Number(/^(\d+) requirements of levels 1 and 2/m.exec(text)?.[1]),
    requirements.length,
  );
  assert.equal(new Set(requirements.map(({ id }) => id)).size, requirements.length);
  assert.ok(requirements.every(({ level }) => level === "1" || level === "2"));
});

async function isThere(part: string): Promise<boolean> {
  const [pattern, find] = KINDS.find(([pattern]) => pattern.test(part)) ?? assert.fail(part);
  const [, ...parts] = pattern.exec(part)!;
  return await find(...parts);
}

async function read(file = ""): Promise<string> {
  return await Deno.readTextFile(file).catch(() => "");
}

/** Returns the anchors of a document's headings. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\p{L}\p{Nd} _-]/gu, "").replaceAll(" ", "-")
  );
}
