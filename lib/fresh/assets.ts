import { BUILD_ID } from "./build_id.ts";

/** Query parameter that ties an asset's URL to a build. */
export const ASSET_CACHE_KEY = "__frsh_c";

/**
 * Adds the build id to a root-relative URL, so that it may be cached forever. Does not change other URLs (relative,
 * absolute, protocol-relative) and those that already have a build id.
 */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  const hashAt = path.indexOf("#");
  const target = hashAt === -1 ? path : path.slice(0, hashAt);
  const hash = hashAt === -1 ? "" : path.slice(hashAt);
  const queryAt = target.indexOf("?");
  if (queryAt === -1) return `${target}?${ASSET_CACHE_KEY}=${BUILD_ID}${hash}`;
  if (new URLSearchParams(target.slice(queryAt)).has(ASSET_CACHE_KEY)) return path;
  return `${target}&${ASSET_CACHE_KEY}=${BUILD_ID}${hash}`;
}

/**
 * Applies {@link asset} to each candidate of a `srcset`. Does not change a list that is malformed or contains a
 * parenthesis, which could hide a comma.
 */
export function assetSrcSet(srcset: string): string {
  if (srcset.includes("(")) return srcset;
  const candidates = srcset.split(",").map((candidate) =>
    /^(\s*)(\S+)(\s+\S+)?(\s*)$/.exec(candidate)
  );
  if (candidates.some((match) => match === null)) return srcset;
  return candidates
    .map((match) => `${match![1]}${asset(match![2]!)}${match![3] ?? ""}${match![4]}`)
    .join(",");
}
