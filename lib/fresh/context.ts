import { type FunctionComponent, isValidElement, type JSX } from "preact";
import type { ResolvedFreshConfig } from "./config.ts";
import { type ContextInternals, INTERNALS } from "./internals.ts";
import type { RenderConfig } from "./page_props.ts";
import { renderPage } from "./render/page.ts";
import { parseUrl, safeLocation } from "./url.ts";

/** A step on the way of a request: answers itself, or lets `ctx.next()` answer. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/** One request on its way through the application. */
export class Context<State> {
  /** Runs the rest of the chain and resolves to its response. */
  next!: () => Promise<Response>;
  /** Belongs to this request alone; middlewares fill it. */
  state = {} as State;
  /** What went wrong, on error pages and while an error bubbles; else null. */
  error: unknown = null;
  /** What the handler passed to `page()`. */
  data: unknown = undefined;
  /** In layouts and app wrappers: what is inside. Renders nothing elsewhere. */
  Component: FunctionComponent = renderNothing;
  /** Always false: partials are upstream's. */
  readonly isPartial: boolean = false;
  /** @ignore Not part of the public interface. */
  readonly [INTERNALS]: ContextInternals;

  constructor(
    /** The request as it came. */
    readonly req: Request,
    /** How it came: the address of the client, for one. */
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

  /** The URL of the request, base path included. Parsed when first asked for. */
  get url(): URL {
    return this[INTERNALS].url ??= parseUrl(this.req, this.config.trustProxy);
  }

  /**
   * Answers with a redirect. Runs of slashes in a root-relative path are collapsed, since `//host` would leave the site.
   */
  redirect(pathOrUrl: string, status = 302): Response {
    return new Response(null, { status, headers: { location: safeLocation(pathOrUrl) } });
  }

  /** Answers with plain text. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Answers with HTML that is complete already. */
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
