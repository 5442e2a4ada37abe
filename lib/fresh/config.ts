import type { Mode } from "./build_cache.ts";

/** The options of `new App()`. */
export interface FreshConfig {
  /** Prefix of every route, as in `/shop`. Default: none. */
  readonly basePath?: string;
  /** Default: `production`. A build that is attached to the application overrides it. */
  readonly mode?: Mode;
  /** Whether `ctx.url` follows `X-Forwarded-Proto` and `X-Forwarded-Host`. Default: false. */
  readonly trustProxy?: boolean;
}

/** The resolved configuration, as in `app.config` and `ctx.config`. */
export interface ResolvedFreshConfig {
  /** Folder of the project, or `.` until a build is attached. */
  root: string;
  readonly basePath: string;
  mode: Mode;
  readonly trustProxy: boolean;
}

/** Fills in the defaults. */
export function resolveConfig(config: FreshConfig): ResolvedFreshConfig {
  return {
    root: ".",
    basePath: config.basePath === "/" ? "" : config.basePath ?? "",
    mode: config.mode ?? "production",
    trustProxy: config.trustProxy ?? false,
  };
}
