import { fileURLToPath } from "node:url";
import type { OnResolveArgs, Plugin, PluginBuild } from "esbuild";
import { type DenoConfig, mapSpecifier } from "./import_map.ts";

/** Specifiers that only make sense on the server. */
const SERVER_ONLY = new Set(["fresh", "fresh/dev"]);

/** Resolves as Deno does: through the import map, and npm packages in `node_modules`. */
export function denoResolver(config: DenoConfig): Plugin {
  return {
    name: "deno-resolver",
    setup(build) {
      // esbuild resolves relative paths itself.
      build.onResolve({ filter: /^[^.]/ }, (args) => {
        if (args.pluginData === RESOLVED || args.kind === "entry-point") return undefined;
        if (SERVER_ONLY.has(args.path)) {
          return { errors: [{ text: `"${args.path}" is for the server, not for islands` }] };
        }
        return resolveMapped(build, config, args);
      });
    },
  };
}

/** Marks a resolution that this plugin has requested from esbuild. */
const RESOLVED = Symbol("resolved");

async function resolveMapped(build: PluginBuild, config: DenoConfig, args: OnResolveArgs) {
  const inPackage = args.importer.includes("/node_modules/");
  const specifier = inPackage ? args.path : mapSpecifier(config, args.path);
  const isBare = !specifier.startsWith(".") && !specifier.startsWith("/");
  return await build.resolve(specifier, {
    kind: args.kind,
    importer: args.importer,
    resolveDir: isBare && !inPackage ? config.dir : args.resolveDir,
    pluginData: RESOLVED,
  });
}

/** Makes the build id a constant. On the server it is a variable. */
export function buildIdConstant(buildId: string): Plugin {
  const path = fileURLToPath(import.meta.resolve("../build_id.ts"));
  return {
    name: "build-id",
    setup(build) {
      build.onLoad({ filter: /[/\\]build_id\.ts$/ }, (args) => {
        if (args.path !== path) return undefined;
        return { contents: `export const BUILD_ID = ${JSON.stringify(buildId)};` };
      });
    },
  };
}

/** Inlines the environment variables that islands read, if they have the public prefix. */
export function publicVariables(): Plugin {
  const read =
    /\b(?:Deno\.env\.get\((["'])(FRESH_PUBLIC_\w+)\1\)|process\.env\.(FRESH_PUBLIC_\w+))/g;
  return {
    name: "public-variables",
    setup(build) {
      build.onLoad({ filter: /\.[jt]sx?$/ }, async ({ path }) => {
        if (path.includes("/node_modules/")) return undefined;
        const source = await Deno.readTextFile(path);
        if (!source.includes("FRESH_PUBLIC_")) return undefined;
        const contents = source.replace(
          read,
          (_match, _quote, denoName, nodeName) =>
            JSON.stringify(Deno.env.get(denoName ?? nodeName)) ?? "undefined",
        );
        return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
      });
    },
  };
}
