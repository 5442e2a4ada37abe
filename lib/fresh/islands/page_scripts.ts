import type { BuildCache } from "../build_cache.ts";
import { escapedJson } from "./encode.ts";

/** What the pages with the same set of islands have in common. */
export interface PageScripts {
  /** The members of the payload that name scripts, as JSON without the braces. */
  readonly payload: string;
  /** URL of the boot module. */
  readonly boot: string;
  /** Value of the `Link` header, with which the browser fetches all scripts in one round. */
  readonly link: string;
}

/** Pages with the same chunks in the same order, as far as this node is from the root. */
class Node {
  readonly #children = new Map<string, Node>();
  plain: PageScripts | undefined;
  /** With the decoder. */
  rich: PageScripts | undefined;

  child(key: string): Node {
    let child = this.#children.get(key);
    if (child === undefined) this.#children.set(key, child = new Node());
    return child;
  }
}

/** A tree for each build, in which nothing has to be put together to find what was written before. */
const known = new WeakMap<BuildCache, Node>();

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
  let root = known.get(buildCache);
  if (root === undefined) known.set(buildCache, root = new Node());
  const node = chunks.reduce((node, chunk) => node.child(chunk), root.child(basePath));
  return node[needsDecoder ? "rich" : "plain"] ??= writeScripts(
    buildCache,
    basePath,
    chunks,
    needsDecoder,
  );
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
    payload: escapedJson(named).slice(1, -1),
    boot: url(boot.chunk),
    link: [...all].map((chunk) => `<${url(chunk)}>; rel="modulepreload"; as="script"`).join(", "),
  };
}
