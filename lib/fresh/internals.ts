import type { BuildCache } from "./build_cache.ts";
import type { RenderConfig } from "./page_props.ts";
import type { Nonce } from "./render/nonce.ts";
import { NO_WRAPPERS, type Wrappers } from "./render/wrappers.ts";

/** The key under which a `Context` keeps {@link ContextInternals}. Not exported from `fresh`. */
export const INTERNALS = Symbol("fresh.internals");

/** What the framework keeps for one request. */
export class ContextInternals {
  /** The app wrapper and layouts at the step that is running. */
  wrappers: Wrappers = NO_WRAPPERS;
  /** The skip settings of the route that is running. */
  renderConfig: RenderConfig | undefined = undefined;
  /** The nonce of the last render. Undefined if nothing was rendered. */
  nonce: Nonce | undefined = undefined;
  /** Error routes that have run: none runs twice for one request. */
  triedErrorRoutes: Set<unknown> | undefined = undefined;
  /** The methods of the matched pattern, for an `Allow` header, if it lacks the method of the request. */
  allow: string | undefined = undefined;
  /** The parsed URL, once it was needed. */
  url: URL | undefined = undefined;

  constructor(
    /** The path of the request with runs of slashes collapsed, still percent-encoded. Undefined if the URL is invalid. */
    readonly path: string | undefined,
    readonly buildCache: BuildCache | undefined,
  ) {}
}
