import type { Mode } from "./build_cache.ts";

/** What `new App()` may be told. */
export interface FreshConfig {
  /** Prefix of every route, as in `/shop`. Default: none. */
  readonly basePath?: string;
  /** Default: `production`. A build that is attached to the application decides instead. */
  readonly mode?: Mode;
  /** Believe `X-Forwarded-Proto` and `X-Forwarded-Host` in `ctx.url`. Default: false. */
  readonly trustProxy?: boolean;
}

/** The configuration that is in force, as `app.config` and `ctx.config` show it. */
export interface ResolvedFreshConfig {
  /** Folder of the project; `.` until a build is attached. */
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
