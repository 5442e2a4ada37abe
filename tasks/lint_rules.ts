/**
 * Project rules for single files, for `deno lint`. check_imports.ts checks the imports between
 * files.
 */
import { relative, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname ?? ".", "..");

/** Files by the start of their path from the root. */
type Paths = readonly string[];

const READS_ENVIRONMENT: Paths = [
  "lib/settings.ts",
  "lib/fresh/build/",
  "lib/fresh/deployment",
  "tests/kit/",
  "tasks/test.ts",
];
const WRITES_HTML: Paths = ["lib/fresh/"];
/** Files whose random values are not secrets: waiting times, request ids, file names. */
const DRAWS_NO_SECRET: Paths = [
  "bench/",
  "lib/build/production_build.ts",
  "lib/db/transaction.ts",
  "lib/domain/operation/diagnosis.ts",
  "lib/domain/operation/machine.ts",
  "lib/fresh/build/",
  "lib/fresh/types_test.ts",
  "lib/mail/outbox.ts",
  "lib/serve/",
  "lib/repo/job_runner.ts",
  "lib/web/middlewares/request_log.ts",
  "tasks/",
  "tests/",
];
/** Files that name builds as Fresh does, and lists of breached passwords. */
const HASHES_NO_SECRET: Paths = ["lib/fresh/build/", "tests/kit/sha1.ts"];
const COMPUTES_KEYS: Paths = ["lib/crypto/", "tests/"];
const WRITES_RAW_SQL: Paths = ["migrations/"];
/** The entry points of lib/fresh. */
const RE_EXPORTS: Paths = ["lib/fresh/mod.ts", "lib/fresh/runtime.ts", "lib/fresh/dev.ts"];

/** Calls of a rate limit. */
const LIMITED = "CallExpression[callee.property.name=/^(take|tryTake|giveBack)$/]";

/** The message of a rule. */
interface Complaint {
  readonly message: string;
  /** What to do instead. */
  readonly hint: string;
}

/** Makes a rule that reports each of the `selectors`, except in the files `but`. */
function forbid(selectors: readonly string[], but: Paths, complaint: Complaint): Deno.lint.Rule {
  return {
    create(context) {
      const path = relative(ROOT, context.filename);
      if (but.some((start) => path.startsWith(start))) return {};
      const report = (node: Deno.lint.Node) => context.report({ node, ...complaint });
      return Object.fromEntries(selectors.map((selector) => [selector, report]));
    },
  };
}

const noBarrels: Deno.lint.Rule = {
  create(context) {
    if (RE_EXPORTS.includes(relative(ROOT, context.filename))) return {};
    const complaint = {
      message: "Only the file that owns a name exports it",
      hint: "Import it from that file where it is used",
    };
    return {
      ExportAllDeclaration: (node) => context.report({ node, ...complaint }),
      ExportNamedDeclaration(node) {
        if (node.source) context.report({ node, ...complaint });
      },
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "roster",
  rules: {
    "environment-in-settings": forbid(
      [
        'MemberExpression[object.name="Deno"][property.name="env"]',
        'MemberExpression[object.name="process"][property.name="env"]',
      ],
      READS_ENVIRONMENT,
      {
        message: "The environment is read once, in lib/settings.ts",
        hint: "Add it to Settings and take it from there",
      },
    ),
    "no-raw-html": forbid(
      [
        'JSXAttribute[name.name="dangerouslySetInnerHTML"]',
        'Property[key.name="dangerouslySetInnerHTML"]',
        "AssignmentExpression > MemberExpression[property.name=/^(inner|outer)HTML$/]",
        'CallExpression[callee.property.name="insertAdjacentHTML"]',
      ],
      WRITES_HTML,
      { message: "Only JSX may turn text into HTML", hint: "Render it as JSX" },
    ),
    "no-raw-sql": forbid(
      ['MemberExpression[object.name="sql"][property.name="raw"]'],
      WRITES_RAW_SQL,
      {
        message: "sql.raw allows SQL injection",
        hint: "Use a parameter, sql.ref or sql.id, or a table of fixed expressions",
      },
    ),
    "no-guessable-random": forbid(
      [
        'MemberExpression[object.name="Math"][property.name="random"]',
        'MemberExpression[property.name="randomUUID"]',
        'ImportSpecifier[imported.name="randomUUID"]',
      ],
      DRAWS_NO_SECRET,
      {
        message: "Math.random() can be guessed, and a UUID has less than 128 random bits",
        hint: "Use randomToken() of lib/crypto/token.ts; where nothing is secret, list the file",
      },
    ),
    "no-weak-hash": forbid(
      ['CallExpression[callee.name="createHash"] > Literal[value=/^(?!sha(256|512)$)/]'],
      HASHES_NO_SECRET,
      { message: "Only SHA-256 and SHA-512 are strong enough", hint: "Use SHA-256" },
    ),
    "crypto-in-its-folder": forbid(
      [
        'MemberExpression[object.name="crypto"][property.name="subtle"]',
        "ImportSpecifier[imported.name=/^(pbkdf2|scrypt|hkdf|(public|private)(En|De)crypt|" +
        "create(Cipher|Decipher|Hmac|Sign|Verify|DiffieHellman|ECDH)).*/]",
      ],
      COMPUTES_KEYS,
      {
        message: "Only lib/crypto derives keys, signs and encrypts",
        hint: "Do it there, and list it in docs/security.md",
      },
    ),
    "limits-are-awaited": forbid(
      [
        `:not(AwaitExpression) > ${LIMITED}[callee.object.object.name="limits"]`,
        `:not(AwaitExpression) > ${LIMITED}[callee.object.object.property.name="limits"]`,
      ],
      ["tests/"],
      {
        message: "A rate limit is counted in the database: without await it refuses nobody",
        hint: "Write await before it",
      },
    ),
    "no-barrels": noBarrels,
  },
};

export default plugin;
