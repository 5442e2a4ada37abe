import type { BuildCache } from "../build_cache.ts";
import { escapedJson } from "./encode.ts";

/** What the pages with the same set of islands have in common. */
export interface PageScripts {
  /** URLs of the island modules. */
  readonly chunks: readonly string[];
  /** The members of the payload that name scripts, as JSON without the braces. */
  readonly payload: string;
  /** URL of the boot module. */
  readonly boot: string;
  /** Value of the `Link` header, with which the browser fetches all scripts in one round. */
  readonly link: string;
}

/** One map for each build and base path, so that what they all repeat is written once. */
const known = new WeakMap<BuildCache, Map<string, PageScripts>>();

/**
 * The scripts of a page.
 *
 * @param chunks The chunks of its islands, each once.
 * @param needsDecoder Whether some props are beyond plain JSON.
 */
export function pageScripts(
  buildCache: BuildCache,
  basePath: string,
  chunks: readonly string[],
  needsDecoder: boolean,
): PageScripts {
  const ofBuild = known.get(buildCache) ?? new Map<string, PageScripts>();
  known.set(buildCache, ofBuild);
  const key = `${basePath} ${needsDecoder} ${chunks.join(" ")}`;
  const scripts = ofBuild.get(key) ?? writeScripts(buildCache, basePath, chunks, needsDecoder);
  ofBuild.set(key, scripts);
  return scripts;
}

function writeScripts(
  { clientEntry: { boot, decoder }, islands }: BuildCache,
  basePath: string,
  chunks: readonly string[],
  needsDecoder: boolean,
): PageScripts {
  const url = (chunk: string) => encodeURI(basePath + chunk);
  const used = [...islands.values()].filter(({ chunk }) => chunks.includes(chunk));
  const inOrder = used.sort((a, b) => chunks.indexOf(a.chunk) - chunks.indexOf(b.chunk));
  const modules = [boot, ...inOrder, ...(needsDecoder ? [decoder] : [])];
  const all = new Set(modules.flatMap(({ chunk, imports }) => [chunk, ...imports]));
  const named = { chunks: chunks.map(url), ...(needsDecoder && { decoder: url(decoder.chunk) }) };
  return {
    chunks,
    payload: escapedJson(named).slice(1, -1),
    boot: url(boot.chunk),
    link: [...all].map((chunk) => `<${url(chunk)}>; rel="modulepreload"; as="script"`).join(", "),
  };
}
