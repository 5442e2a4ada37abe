import { resolve } from "node:path";
import { findCycles } from "./imports/cycles.ts";
import { readImports } from "./imports/graph.ts";
import { type Fault, judgeImport } from "./imports/layers.ts";

const HELP = `Checks that imports point the way the house is drawn, and that none run in a ring.

Usage: deno run -A tasks/check_imports.ts [FOLDER]

Example:
  deno run -A tasks/check_imports.ts

Exit: 0 all as drawn, 1 not so
`;

/** Checks the project below `root` and says each fault on stderr. Gives the exit code. */
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

if (import.meta.main) {
  const [folder = resolve(import.meta.dirname ?? ".", "..")] = Deno.args;
  if (folder === "--help") console.log(HELP);
  else Deno.exit(await checkImports(resolve(folder)));
}
