import { relative } from "node:path";
import { listFiles } from "./discover.ts";
import type { ResolvedBuildConfig } from "./options.ts";
import type { Transformers } from "./transform.ts";

/** Content of the static folders by URL path, transformed. */
export async function collectStaticFiles(
  config: ResolvedBuildConfig,
  transformers: Transformers,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const collected = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const dir of config.staticDir) {
    for (const path of (await listFiles(dir)).filter((file) => !isHidden(dir, file))) {
      const content = await Deno.readFile(path);
      for (const made of await transformers.run({ path, content }, dir, config)) {
        const url = urlPath(dir, made.path);
        // The first folder that has a file wins.
        if (!collected.has(url)) collected.set(url, made.content);
      }
    }
  }
  return collected;
}

function urlPath(dir: string, path: string): string {
  return `/${relative(dir, path).replaceAll("\\", "/")}`;
}

/** Files and folders with a dot in front are not for the public, except the one that RFC 8615 names. */
function isHidden(dir: string, path: string): boolean {
  return urlPath(dir, path).split("/").some((part) =>
    part.startsWith(".") && part !== ".well-known"
  );
}
