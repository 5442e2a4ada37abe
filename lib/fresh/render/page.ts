import { type ComponentChild, h, type VNode } from "preact";
import { jsx } from "preact/jsx-runtime";
import type { BuildCache } from "../build_cache.ts";
import { type ContextInternals, INTERNALS } from "../internals.ts";
import type { PageComponent, PageProps, RenderConfig } from "../page_props.ts";
import { withoutEffects } from "./component.ts";
import { completeDocument } from "./document.ts";
import { HtmlWriter, Inner } from "./html_writer.ts";
import { Nonce } from "./nonce.ts";
import { PageState } from "./page_state.ts";
import { wrappersOf } from "./scope.ts";

/** What the renderer needs to know of a request; every `Context` is one. */
export type RenderRequest = PageProps & { readonly [INTERNALS]: ContextInternals };

/** A component that has been given its props, or the Response with which an async one answered instead. */
type Applied = ComponentChild | Response;

const [PAGE_IDS, WRAPPER_IDS, HEAD_IDS] = ["p", "w", "h"] as const;
const AsyncFunction = (async () => {}).constructor;

/** Renders the component of a route inside its wrappers. */
export function renderComponent(
  request: RenderRequest,
  component: PageComponent<never>,
  init: ResponseInit,
  config: RenderConfig | undefined,
): Response | Promise<Response> {
  return whenApplied(
    apply(component, request, request.Component),
    (content) => renderPage(request, content, init, config),
  );
}

/**
 * Renders a page: first the layouts around `content`, then the app wrapper around their HTML, so that what a page does to
 * `ctx.state` or asks of `<Head>` reaches the wrapper; then the head, for which everybody has spoken by now.
 */
export function renderPage(
  request: RenderRequest,
  content: ComponentChild,
  init: ResponseInit,
  config: RenderConfig | undefined,
): Response | Promise<Response> {
  const { layouts, appWrapper } = wrappersOf(request[INTERNALS].scope, config);
  const render = (content: ComponentChild, depth = 0): Response | Promise<Response> => {
    const layout = layouts[depth];
    if (layout === undefined) return renderDocument(request, content, init, appWrapper);
    const applied = apply(layout, request, () => content);
    return whenApplied(applied, (outer) => render(outer, depth + 1));
  };
  return render(content);
}

function renderDocument(
  request: RenderRequest,
  content: ComponentChild,
  init: ResponseInit,
  appWrapper: PageComponent<never> | undefined,
): Response | Promise<Response> {
  const { buildCache } = request[INTERNALS];
  const state = newPageState(request);
  const page = new HtmlWriter(state, PAGE_IDS);
  if (appWrapper === undefined) {
    return respond(writeDocument(page, content, buildCache), state, init);
  }
  withoutEffects(() => page.write(content));
  return whenApplied(apply(appWrapper, request, () => h(Inner, { writer: page })), (outer) => {
    const wrapper = new HtmlWriter(state, WRAPPER_IDS);
    return respond(writeDocument(wrapper, outer, buildCache), state, init);
  });
}

/** Most components are not async, and to wait for what is there already would cost a turn of the microtasks. */
function whenApplied(
  applied: Applied | Promise<Applied>,
  render: (content: ComponentChild) => Response | Promise<Response>,
): Response | Promise<Response> {
  const use = (content: Applied) => content instanceof Response ? content : render(content);
  return applied instanceof Promise ? applied.then(use) : use(applied);
}

/** Writes what stands outermost, then what is known only now: the head, and the scripts of the islands. */
function writeDocument(
  writer: HtmlWriter,
  outermost: ComponentChild,
  buildCache: BuildCache | undefined,
): string {
  return withoutEffects(() => {
    writer.write(outermost);
    const { page } = writer;
    const scripts = (page.islands?.html(page.nonce) ?? "") + (buildCache?.pageScript ?? "");
    return completeDocument(writer, writeHead(page), scripts);
  });
}

/** Writes what is in `<head>`, where `<Head>` has replaced some, then the rest of what `<Head>` asked for. */
function writeHead(page: PageState): string {
  const { headContent, head } = page;
  if (headContent === undefined) return head.rest;
  const writer = new HtmlWriter(page, HEAD_IDS, "head", headContent.contexts);
  writer.write(headContent.children);
  return writer.html + head.rest;
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
  // Not a getter for the URL: V8 would make a hidden class for each object that has one, and keep it.
  const { config, url, req, params, info, state, isPartial, error, route, data } = request;
  return { config, url, req, params, info, state, isPartial, Component, error, route, data };
}

function newPageState(request: RenderRequest): PageState {
  const nonce = new Nonce();
  const internals = request[INTERNALS];
  internals.nonce = nonce;
  return new PageState(internals.buildCache, request.config.basePath, nonce);
}

/** One header alone: of such a response Deno makes nothing native, which the first header that is added would discard. */
const HTML_HEADERS: [string, string][] = [["content-type", "text/html; charset=utf-8"]];
const HTML_OK: ResponseInit = { headers: HTML_HEADERS };

function respond(html: string, state: PageState, init: ResponseInit): Response {
  const { status = 200, statusText = "", headers: more } = init;
  const isOk = status === 200 && statusText === "";
  const response = new Response(
    html,
    isOk ? HTML_OK : { status, statusText, headers: HTML_HEADERS },
  );
  const { headers } = response;
  if (more !== undefined) {
    for (const [name, value] of new Headers(more)) {
      if (name !== "content-type") headers.append(name, value);
    }
  }
  const link = state.islands?.link();
  if (link !== undefined) headers.append("link", link);
  return response;
}
