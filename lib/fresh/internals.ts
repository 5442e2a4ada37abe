import type { BuildCache } from "./build_cache.ts";
import type { RenderConfig } from "./page_props.ts";
import type { Nonce } from "./render/nonce.ts";
import type { RenderScope } from "./render/scope.ts";

/** Key of what the framework keeps in a `Context`; not exported from `fresh`. */
export const INTERNALS = Symbol("fresh.internals");

/** Why no route takes a request. */
export interface Unrouted {
  /** What went wrong in finding one; absent if there is none, which is an error only when no middleware answers. */
  readonly error: unknown;
  /** The methods that the matched pattern does have, as for an `Allow` header. */
  readonly allow: string | undefined;
}

/** What the framework keeps for one request. */
export class ContextInternals {
  /** The skip settings of the route that is running. */
  renderConfig: RenderConfig | undefined = undefined;
  /** What allows the inline scripts and styles of the last render; absent where nothing was rendered. */
  nonce: Nonce | undefined = undefined;
  /** Error routes that have had their turn: none gets a second one. */
  triedErrorRoutes: Set<unknown> | undefined = undefined;
  /** Set where no route takes the request. */
  unrouted: Unrouted | undefined = undefined;
  /** The parsed URL, once somebody asked for it. */
  url: URL | undefined = undefined;

  constructor(
    /** Path as matched: consecutive slashes collapsed, still percent-encoded. */
    readonly path: string,
    readonly buildCache: BuildCache | undefined,
    /** App wrapper and layouts in effect where the request is now. */
    public scope: RenderScope,
  ) {}
}
