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

/** Functions of node:crypto that derive keys, sign or encrypt. */
const KEY_FUNCTIONS = new RegExp(
  "^(pbkdf2|scrypt|hkdf|(public|private)(En|De)crypt|" +
    "create(Cipher|Decipher|Hmac|Sign|Verify|DiffieHellman|ECDH))",
);

/** The message of a rule. */
interface Complaint {
  readonly message: string;
  /** What to do instead. */
  readonly hint: string;
}

/**
 * Says for each type of node which of them a rule reports. Selectors such as
 * `MemberExpression[object.name="Math"]` would be shorter, but make `deno lint` eight times slower.
 */
type Forbidden = {
  readonly [Type in Deno.lint.Node["type"]]?: (
    node: Extract<Deno.lint.Node, { type: Type }>,
  ) => boolean;
};

/** Makes a rule that reports the nodes that are `forbidden`, except in the files `but`. */
function forbid(forbidden: Forbidden, but: Paths, complaint: Complaint): Deno.lint.Rule {
  const checks = Object.entries(forbidden) as [string, (node: Deno.lint.Node) => boolean][];
  return {
    create(context) {
      const path = relative(ROOT, context.filename);
      if (but.some((start) => path.startsWith(start))) return {};
      return Object.fromEntries(checks.map(([type, isForbidden]) => [
        type,
        (node: Deno.lint.Node) => {
          if (isForbidden(node)) context.report({ node, ...complaint });
        },
      ]));
    },
  };
}

/** Returns the name of an identifier or the property of a member expression. */
function nameOf(node: Deno.lint.Node): string | undefined {
  switch (node.type) {
    case "Identifier":
    case "JSXIdentifier":
      return node.name;
    case "MemberExpression":
      return nameOf(node.property);
  }
}

/** Tells whether a node reads `object.property`. */
function reads(node: Deno.lint.MemberExpression, object: string, property: string): boolean {
  return nameOf(node.property) === property && node.object.type === "Identifier" &&
    node.object.name === object;
}

/** Tells whether a node calls a rate limit, as in `services.limits.codes.take(client)`. */
function callsLimit({ callee }: Deno.lint.CallExpression): boolean {
  return callee.type === "MemberExpression" && callee.object.type === "MemberExpression" &&
    nameOf(callee.object.object) === "limits" &&
    ["take", "tryTake", "giveBack"].includes(nameOf(callee) ?? "");
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
      { MemberExpression: (node) => reads(node, "Deno", "env") || reads(node, "process", "env") },
      READS_ENVIRONMENT,
      {
        message: "The environment is read once, in lib/settings.ts",
        hint: "Add it to Settings and take it from there",
      },
    ),
    "no-raw-html": forbid(
      {
        JSXAttribute: ({ name }) => nameOf(name) === "dangerouslySetInnerHTML",
        Property: ({ key }) => nameOf(key) === "dangerouslySetInnerHTML",
        AssignmentExpression: ({ left }) => /^(inner|outer)HTML$/.test(nameOf(left) ?? ""),
        CallExpression: ({ callee }) => nameOf(callee) === "insertAdjacentHTML",
      },
      WRITES_HTML,
      { message: "Only JSX may turn text into HTML", hint: "Render it as JSX" },
    ),
    "no-raw-sql": forbid(
      { MemberExpression: (node) => reads(node, "sql", "raw") },
      WRITES_RAW_SQL,
      {
        message: "sql.raw allows SQL injection",
        hint: "Use a parameter, sql.ref or sql.id, or a table of fixed expressions",
      },
    ),
    "no-guessable-random": forbid(
      {
        MemberExpression: (node) =>
          reads(node, "Math", "random") || nameOf(node.property) === "randomUUID",
        ImportSpecifier: ({ imported }) => nameOf(imported) === "randomUUID",
      },
      DRAWS_NO_SECRET,
      {
        message: "Math.random() can be guessed, and a UUID has less than 128 random bits",
        hint: "Use randomToken() of lib/crypto/token.ts; where nothing is secret, list the file",
      },
    ),
    "no-weak-hash": forbid(
      {
        CallExpression: ({ callee, arguments: [algorithm] }) =>
          nameOf(callee) === "createHash" && algorithm?.type === "Literal" &&
          algorithm.value !== "sha256" && algorithm.value !== "sha512",
      },
      HASHES_NO_SECRET,
      { message: "Only SHA-256 and SHA-512 are strong enough", hint: "Use SHA-256" },
    ),
    "crypto-in-its-folder": forbid(
      {
        MemberExpression: (node) => reads(node, "crypto", "subtle"),
        ImportSpecifier: ({ imported }) => KEY_FUNCTIONS.test(nameOf(imported) ?? ""),
      },
      COMPUTES_KEYS,
      {
        message: "Only lib/crypto derives keys, signs and encrypts",
        hint: "Do it there, and list it in docs/security.md",
      },
    ),
    "limits-are-awaited": forbid(
      { CallExpression: (node) => callsLimit(node) && node.parent.type !== "AwaitExpression" },
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
