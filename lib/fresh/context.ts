import { type FunctionComponent, isValidElement, type JSX } from "preact";
import type { ResolvedFreshConfig } from "./config.ts";
import { type ContextInternals, INTERNALS } from "./internals.ts";
import type { RenderConfig } from "./page_props.ts";
import { renderPage } from "./render/page.ts";
import { parseUrl, safeLocation } from "./url.ts";

/** A step in the handling of a request. It answers by itself or calls `ctx.next()`. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** One request and its state. */
export class Context<State> {
  /** Runs the rest of the chain and resolves to its response. */
  next!: () => Promise<Response>;
  /** Data of this request, set by middlewares. */
  state = {} as State;
  /** The error, on error pages and while an error propagates. Otherwise null. */
  error: unknown = null;
  /** The data that the handler passed to `page()`. */
  data: unknown = undefined;
  /** In layouts and app wrappers, renders the content. Renders nothing elsewhere. */
  Component: FunctionComponent = renderNothing;
  /** Always false, since there are no partials. */
  readonly isPartial: boolean = false;
  /** @ignore Not part of the public interface. */
  readonly [INTERNALS]: ContextInternals;

  constructor(
    /** The request as it arrived. */
    readonly req: Request,
    /** Information about the connection, such as the address of the client. */
    readonly info: Deno.ServeHandlerInfo,
    readonly config: ResolvedFreshConfig,
    /** Pattern of the matched route, base path included, or null. */
    readonly route: string | null,
    /** Values of the pattern's parameters, percent-decoded. */
    readonly params: Record<string, string>,
    internals: ContextInternals,
  ) {
    this[INTERNALS] = internals;
  }

  /** The URL of the request, base path included. Parsed at the first use. */
  get url(): URL {
    return this[INTERNALS].url ??= parseUrl(this.req, this.config.trustProxy);
  }

  /**
   * Answers with a redirect. Collapses runs of slashes in a root-relative path, since `//host` would leave the site.
   */
  redirect(pathOrUrl: string, status = 302): Response {
    return new Response(null, { status, headers: { location: safeLocation(pathOrUrl) } });
  }

  /** Answers with plain text. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Answers with complete HTML. */
  html(content: string, init?: ResponseInit): Response {
    const response = new Response(content, init);
    response.headers.set("content-type", "text/html; charset=utf-8");
    return response;
  }

  /** Answers with JSON. */
  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /**
   * Renders a page inside the layouts and the app wrapper in effect.
   *
   * @throws {TypeError} If `vnode` is neither a VNode nor null.
   */
  async render(
    vnode: JSX.Element | null,
    init: ResponseInit = {},
    config: RenderConfig | undefined = this[INTERNALS].renderConfig,
  ): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      throw new TypeError("ctx.render() needs a VNode or null");
    }
    return await renderPage(this, vnode, init, config);
  }
}

function renderNothing(): null {
  return null;
}
