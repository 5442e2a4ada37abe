import type { Import } from "./graph.ts";

/** A part of the project and what it may import. */
interface Layer {
  /** Matches paths from the root. The first matching layer counts. */
  readonly paths: RegExp;
  /** Names of layers. */
  readonly mayImport: readonly string[];
  /** Names of layers from which it may only import types. */
  readonly mayImportTypes?: readonly string[];
  /** Packages that it may import. All if absent. */
  readonly packages?: readonly RegExp[];
}

/** Packages that run in a browser. */
const BROWSER_PACKAGES = [
  /^preact(\/|$)/,
  /^@preact\/signals$/,
  /^@zxcvbn-ts\//,
  /^@simplewebauthn\/browser$/,
];

/** Settings and log. All of lib may import their types. */
const LEAVES = ["settings", "log"];

const PARTS = "serve web domain repo db storage mail crypto import build cli shared foundation"
  .split(
    " ",
  );

const LIB = [...PARTS, ...LEAVES];

const APPLICATION = [...LIB, "fresh", "migrations", "routes", "components", "islands", "main"];

/**
 * Makes a layer of lib. It may import itself, `mayImport` and the shared declarations, and types of
 * the leaves.
 */
function partOfLib(name: string, mayImport: readonly string[]): Layer {
  return {
    paths: new RegExp(`^lib/${name}/`),
    mayImport: [name, ...mayImport, "shared", "foundation"],
    mayImportTypes: LEAVES,
  };
}

/**
 * Makes a layer that also runs in the browser. From lib it may import types, but code only from
 * `mayImport`.
 */
function browserSafe(paths: RegExp, mayImport: readonly string[]): Layer {
  // With upstream instead of lib/fresh, this is a package.
  const packages = [...BROWSER_PACKAGES, /^fresh\/runtime$/];
  return { paths, mayImport, mayImportTypes: LIB, packages };
}

/** The layers, as docs/architecture.md draws them. */
const LAYERS: Readonly<Record<string, Layer>> = {
  routes: {
    paths: /^routes\//,
    mayImport: ["web", "domain", "shared", "fresh", "components", "islands"],
  },
  components: browserSafe(/^components\//, ["components", "shared", "fresh"]),
  islands: browserSafe(/^islands\//, ["islands", "components", "shared", "fresh"]),
  shared: { paths: /^lib\/shared\//, mayImport: ["shared"], packages: BROWSER_PACKAGES },
  fresh: { paths: /^lib\/fresh\/(?!bench\/)/, mayImport: ["fresh"] },
  settings: { paths: /^lib\/settings(\.ts$|\/)/, mayImport: ["settings", "shared", "foundation"] },
  log: { paths: /^lib\/log\.ts$/, mayImport: [], mayImportTypes: ["settings"] },
  foundation: { paths: /^lib\/[^/]+$/, mayImport: ["foundation", "shared"] },
  // The error page is rendered where errors are answered, and so is the page of a step-up.
  web: partOfLib("web", ["domain", "crypto", "fresh", "components", "islands", "project"]),
  project: { paths: /^deno\.json$/, mayImport: [] },
  domain: partOfLib("domain", ["repo", "db", "storage", "mail", "crypto", "import"]),
  storage: partOfLib("storage", ["repo", "db"]),
  mail: partOfLib("mail", []),
  crypto: partOfLib("crypto", []),
  import: partOfLib("import", ["crypto"]),
  repo: partOfLib("repo", ["db"]),
  db: partOfLib("db", ["migrations"]),
  migrations: { paths: /^migrations\//, mayImport: ["migrations", "shared", "foundation"] },
  build: partOfLib("build", ["fresh"]),
  // Tasks must not load Fresh to print a sentence.
  cli: partOfLib("cli", LIB.filter((name) => name !== "web")),
  serve: partOfLib("serve", LIB),
  main: { paths: /^(main|dev)\.ts$/, mayImport: APPLICATION },
  tasks: { paths: /^tasks\//, mayImport: ["tasks", "bench", "testing", ...APPLICATION] },
  bench: { paths: /^(lib\/fresh\/)?bench\//, mayImport: ["bench", "testing", ...APPLICATION] },
  testing: { paths: /^tests\//, mayImport: ["testing", "tasks", "bench", ...APPLICATION] },
};

/** The part of Fresh that runs on the server and in the browser. */
const FRESH_RUNTIME = "lib/fresh/runtime.ts";

/** Fresh's names in the import map, each of which may point to upstream. */
const FRESH_NAMES = ["fresh", "fresh/runtime", "fresh/dev"];

const TEST = /_test\.tsx?$/;

/** A violation of the import rules. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  /** What to do about it. */
  readonly advice: string;
}

/** Checks one import. `undefined` if it follows the rules. */
export function judgeImport(one: Import): Fault | undefined {
  if (isFresh(one.to) && !isFresh(one.from) && !FRESH_NAMES.includes(one.written)) {
    return {
      file: one.from,
      line: one.line,
      rule: `imports ${one.to}, which does not exist in upstream Fresh`,
      advice: `Take it from one of: ${FRESH_NAMES.join(", ")}`,
    };
  }
  if (TEST.test(one.from)) return undefined;
  const [name, layer] = layerOf(one.from);
  const at = { file: one.from, line: one.line };
  if (!layer) {
    return { ...at, rule: "unknown folder", advice: "Give the folder a layer in tasks/imports" };
  }
  if (one.kind === "package") return judgePackage(one, name, layer);
  if (TEST.test(one.to)) {
    return { ...at, rule: `imports the test ${one.to}`, advice: "Move what both need to a module" };
  }
  const [target = "nothing known"] = layerOf(one.to);
  if (layer.packages && target === "fresh" && name !== "fresh" && one.to !== FRESH_RUNTIME) {
    return {
      ...at,
      rule: `${name} may only import fresh/runtime, not ${one.to}`,
      advice: 'Import it from "fresh/runtime"',
    };
  }
  if (layer.mayImport.includes(target)) return undefined;
  if (one.use === "type" && layer.mayImportTypes?.includes(target)) return undefined;
  return {
    ...at,
    rule: `${name} may not import ${target} (${one.to})`,
    advice: adviceFor(layer, target),
  };
}

/** Whether a path is replaced with upstream. The benchmarks are not: they use Fresh by its names. */
function isFresh(path: string): boolean {
  return /^lib\/fresh\/(?!bench\/)/.test(path);
}

function judgePackage(one: Import, name: string, layer: Layer): Fault | undefined {
  if (one.use === "type" || !layer.packages) return undefined;
  if (layer.packages.some((pattern) => pattern.test(one.to))) return undefined;
  return {
    file: one.from,
    line: one.line,
    rule: `${name} runs in the browser and may not import ${one.to}`,
    advice: "Do that on the server and pass the result as a prop",
  };
}

function adviceFor(layer: Layer, target: string): string {
  if (layer.mayImportTypes?.includes(target)) {
    return "Use import type, or go through a layer in between";
  }
  return `Move what both need to one of: ${layer.mayImport.join(", ")}`;
}

function layerOf(path: string): [string, Layer] | [undefined, undefined] {
  const found = Object.entries(LAYERS).find(([, { paths }]) => paths.test(path));
  return found ?? [undefined, undefined];
}
