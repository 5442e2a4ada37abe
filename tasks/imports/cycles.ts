import type { Import } from "./graph.ts";
import type { Fault } from "./layers.ts";

/** Finds cycles of imports. Each is one fault, at the import that closes it. */
export function findCycles(imports: readonly Import[]): Fault[] {
  const byFile = Map.groupBy(
    imports.filter(({ kind, from, to }) => kind === "file" && from !== to),
    ({ from }) => from,
  );
  const faults: Fault[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    done.add(file);
    for (const { to, line } of byFile.get(file) ?? []) {
      const start = path.indexOf(to);
      if (start >= 0) {
        const ring = [...path.slice(start), to].join(" -> ");
        faults.push({
          file,
          line,
          rule: `closes a cycle of imports: ${ring}`,
          advice: "Move what both need to a separate file",
        });
      } else if (!done.has(to)) {
        visit(to, [...path, to]);
      }
    }
  };
  for (const file of byFile.keys()) {
    if (!done.has(file)) visit(file, [file]);
  }
  return faults;
}
