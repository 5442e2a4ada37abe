import { resolve } from "node:path";
import { findCycles } from "./imports/cycles.ts";
import { readImports } from "./imports/graph.ts";
import { type Fault, judgeImport } from "./imports/layers.ts";

/** Checks the project below `root` and reports each fault on stderr. Returns the exit code. */
export async function checkImports(root: string): Promise<0 | 1> {
  const imports = await readImports(root);
  const faults = [...imports.flatMap((one) => judgeImport(one) ?? []), ...findCycles(imports)];
  for (const fault of faults) console.error(sentence(fault));
  console.log(`${imports.length} imports checked, ${faults.length} wrong`);
  return faults.length === 0 ? 0 : 1;
}

function sentence({ file, line, rule, advice }: Fault): string {
  return `${file}:${line}: ${rule}. ${advice}`;
}

/** The folder of the project. */
export const ROOT = resolve(import.meta.dirname ?? ".", "..");

if (import.meta.main) Deno.exit(await checkImports(ROOT));
