import type { ClientModule, Island, IslandComponent } from "../build_cache.ts";

/** An island module that the server has loaded, and its script for the browser. */
export interface LoadedIslandModule extends ClientModule {
  readonly module: object;
}

/** Maps every exported function of the modules to an island. */
export function mapIslands(modules: readonly LoadedIslandModule[]): Map<IslandComponent, Island> {
  const islands = new Map<IslandComponent, Island>();
  const taken = new Set<string>();
  for (const { module, chunk, imports } of modules) {
    for (const [exportName, component] of Object.entries(module)) {
      if (typeof component !== "function") continue;
      const wanted = exportName === "default" ? chunkName(chunk) : exportName;
      const name = freeName(wanted, taken);
      islands.set(component, { name, exportName, chunk, imports });
    }
  }
  return islands;
}

function chunkName(chunk: string): string {
  return chunk.slice(chunk.lastIndexOf("/") + 1, -".js".length);
}

/** Returns a name as an ASCII identifier, with a number if it is taken. */
function freeName(wanted: string, taken: Set<string>): string {
  const base = wanted.replace(/[^\w$]/g, "_").replace(/^\d/, "_$&");
  let name = base;
  for (let i = 1; taken.has(name); i++) name = `${base}_${i}`;
  taken.add(name);
  return name;
}
