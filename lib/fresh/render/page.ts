import {
  type ComponentChild,
  type ComponentChildren,
  Fragment,
  h,
  isValidElement,
  type VNode,
} from "preact";
import { jsx, jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { type ContextInternals, INTERNALS } from "../internals.ts";
import { scopeIds } from "../islands/ids.ts";
import type { PageComponent, PageProps, RenderConfig } from "../page_props.ts";
import { completeDocument } from "./document.ts";
import { installRenderHooks } from "./hooks.ts";
import { Nonce } from "./nonce.ts";
import { wrappersOf } from "./scope.ts";
import { RenderState, withRender } from "./state.ts";

/** What the renderer needs to know of a request; every `Context` is one. */
export type RenderRequest = PageProps & { readonly [INTERNALS]: ContextInternals };

/** A component that has been given its props, or the Response with which an async one answered instead. */
type Applied = ComponentChild | Response;

const HTML_TYPE = "text/html; charset=utf-8";
const [PAGE_IDS, WRAPPER_IDS, HEAD_IDS, REST_IDS] = ["p", "w", "h", "r"] as const;
const AsyncFunction = (async () => {}).constructor;

/** Renders the component of a route inside its wrappers. */
export async function renderComponent(
  request: RenderRequest,
  component: PageComponent<never>,
  init: ResponseInit,
  config: RenderConfig | undefined,
): Promise<Response> {
  const content = await apply(component, request, request.Component);
  return content instanceof Response ? content : await renderPage(request, content, init, config);
}

/**
 * Renders a page: first the layouts around `content`, then the app wrapper around their HTML, so that what a page does to
 * `ctx.state` or asks of `<Head>` reaches the wrapper; then the head, for which everybody has spoken by now.
 */
export async function renderPage(
  request: RenderRequest,
  content: ComponentChild,
  init: ResponseInit,
  config: RenderConfig | undefined,
): Promise<Response> {
  const internals = request[INTERNALS];
  const { layouts, appWrapper } = wrappersOf(internals.scope, config);
  for (const layout of layouts) {
    const inner = content;
    const outer = await apply(layout, request, () => inner);
    if (outer instanceof Response) return outer;
    content = outer;
  }
  const state = newRenderState(request);
  const html = renderNode(state, content, PAGE_IDS);
  if (appWrapper === undefined) return respond(finish(html, state, internals), state, init);
  // The page may be long: its place is kept by a mark, so that the search for the parts of the document goes through the
  // wrapper alone. Where the page has written such a part itself, it has to be there.
  const mark = wroteParts(state) ? html : PLACE_OF_PAGE;
  const inner = jsxTemplate([mark]);
  const outer = await apply(appWrapper, request, () => inner);
  if (outer instanceof Response) return outer;
  const document = finish(renderNode(state, outer, WRAPPER_IDS), state, internals);
  return respond(mark === html ? document : document.split(mark).join(html), state, init);
}

/** A comment that no component can render: Preact escapes what they write. */
const PLACE_OF_PAGE = "<!--frsh:page-->";

function wroteParts({ wrote }: RenderState): boolean {
  return wrote.html || wrote.head || wrote.body;
}

function finish(html: string, state: RenderState, internals: ContextInternals): string {
  const scripts = scriptsOf(state, internals);
  return completeDocument(html, state.wrote, renderHead(state), scripts);
}

/** Gives a component its props. Async components run now, others while Preact renders, since they may use hooks. */
function apply(
  component: PageComponent<never>,
  request: RenderRequest,
  Component: PageProps["Component"],
): Applied | Promise<Applied> {
  const props = pageProps(request, Component);
  // Whose data and state these are is known where the component was registered, and was checked there.
  const callable = component as (props: PageProps) => Applied | Promise<Applied>;
  if (callable.constructor === AsyncFunction) return callable(props);
  // `jsx` takes the props as they are, `h` would copy them.
  return jsx(callable as (props: PageProps) => VNode, props);
}

function pageProps(request: RenderRequest, Component: PageProps["Component"]): PageProps {
  const { config, req, params, info, state, isPartial, error, route, data } = request;
  return {
    config,
    // Parsed when a component looks at it.
    get url() {
      return request.url;
    },
    req,
    params,
    info,
    state,
    isPartial,
    Component,
    error,
    route,
    data,
  };
}

function newRenderState(request: RenderRequest): RenderState {
  installRenderHooks();
  const nonce = new Nonce();
  const internals = request[INTERNALS];
  internals.nonce = nonce;
  return new RenderState(internals.buildCache, request.config.basePath, nonce);
}

/** @param scope What `useId()` puts into ids: each pass counts from zero, so it must differ between passes. */
function renderNode(
  state: RenderState,
  node: ComponentChildren,
  scope: string,
  context: object = {},
): string {
  const vnode = isValidElement(node) ? node : h(Fragment, null, node);
  return withRender(state, () => renderToString(scopeIds(vnode, scope), context));
}

function scriptsOf(state: RenderState, internals: ContextInternals): string {
  return (state.islands?.html(state.nonce) ?? "") + (internals.buildCache?.pageScript ?? "");
}

/** Renders the children of `<head>`, where `<Head>` has replaced some, then the rest of what `<Head>` asked for. */
function renderHead(state: RenderState): string {
  state.inHeadContent = true;
  const { headContent, headContext } = state;
  const own = headContent === undefined
    ? ""
    : renderNode(state, headContent, HEAD_IDS, headContext);
  const rest = state.head.takeRest();
  return rest.length === 0 ? own : own + renderNode(state, rest, REST_IDS);
}

function respond(html: string, state: RenderState, init: ResponseInit): Response {
  // One header at a time: Deno makes a Response with one header several times as fast as one with two, and appends fast.
  const response = new Response(html, { ...init, headers: [["content-type", HTML_TYPE]] });
  const { headers } = response;
  if (init.headers !== undefined) {
    for (const [name, value] of new Headers(init.headers)) {
      if (name !== "content-type") headers.append(name, value);
    }
  }
  const link = state.islands?.link();
  if (link !== undefined) headers.append("link", link);
  return response;
}
