import { type ComponentChild, h, type VNode } from "preact";
import { jsx } from "preact/jsx-runtime";
import type { BuildCache } from "../build_cache.ts";
import { type ContextInternals, INTERNALS } from "../internals.ts";
import type { PageComponent, PageProps, RenderConfig } from "../page_props.ts";
import { withoutEffects } from "../preact_internals.ts";
import { completeDocument } from "./document.ts";
import { HtmlWriter, Inner } from "./html_writer.ts";
import { Nonce } from "./nonce.ts";
import { PageState } from "./page_state.ts";
import { withoutSkipped } from "./wrappers.ts";

/** What the renderer needs to know about a request. Every `Context` is one. */
export type RenderRequest = PageProps & { readonly [INTERNALS]: ContextInternals };

/** A component with its props, or the Response that an async component returned instead. */
type Applied = ComponentChild | Response;

const [PAGE_IDS, WRAPPER_IDS, HEAD_IDS] = ["p", "w", "h"] as const;
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
 * Renders a page in three passes: the layouts around `content`, the app wrapper around their HTML, then the head. So the
 * wrapper sees the `ctx.state` that the page has set, and the head contains the elements of every `<Head>`.
 */
export async function renderPage(
  request: RenderRequest,
  content: ComponentChild,
  init: ResponseInit,
  config: RenderConfig | undefined,
): Promise<Response> {
  const internals = request[INTERNALS];
  const { layouts, appWrapper } = withoutSkipped(internals.wrappers, config);
  for (const layout of layouts) {
    const inner = content;
    const outer = await apply(layout, request, () => inner);
    if (outer instanceof Response) return outer;
    content = outer;
  }
  const nonce = internals.nonce = new Nonce();
  const page = new PageState(internals.buildCache, request.config.basePath, nonce);
  let writer = new HtmlWriter(page, PAGE_IDS);
  if (appWrapper !== undefined) {
    withoutEffects(() => writer.write(content));
    const inner = writer;
    const outer = await apply(appWrapper, request, () => h(Inner, { writer: inner }));
    if (outer instanceof Response) return outer;
    content = outer;
    writer = new HtmlWriter(page, WRAPPER_IDS);
  }
  const html = writeDocument(writer, content, internals.buildCache);
  return respond(html, page.islands?.link(), init);
}

/** Writes the outermost component, then what is known only after that: the head and the scripts of the islands. */
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

/** Writes the content of `<head>`, where a `<Head>` may replace elements, then the other elements of every `<Head>`. */
function writeHead(page: PageState): string {
  const { headContent, head } = page;
  if (headContent === undefined) return head.rest;
  const writer = new HtmlWriter(page, HEAD_IDS, "head", headContent.contexts);
  writer.write(headContent.children);
  return writer.html + head.rest;
}

/** Gives a component its props. An async component runs now, others while the page is written, with hooks. */
function apply(
  component: PageComponent<never>,
  request: RenderRequest,
  Component: PageProps["Component"],
): Applied | Promise<Applied> {
  const { config, url, req, params, info, state, isPartial, error, route, data } = request;
  const props: PageProps = {
    config,
    url,
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
  // The types of data and state were checked where the component was registered.
  const callable = component as (props: PageProps) => Applied | Promise<Applied>;
  if (callable.constructor === AsyncFunction) return callable(props);
  // `jsx` uses the props as they are, `h` would copy them.
  return jsx(callable as (props: PageProps) => VNode, props);
}

/** Deno is several times faster with one header in the constructor and the rest appended. */
const HTML_HEADERS: [string, string][] = [["content-type", "text/html; charset=utf-8"]];

function respond(html: string, link: string | undefined, init: ResponseInit): Response {
  const { headers: more, ...status } = init;
  const response = new Response(html, { ...status, headers: HTML_HEADERS });
  for (const [name, value] of more === undefined ? [] : new Headers(more)) {
    if (name !== "content-type") response.headers.append(name, value);
  }
  if (link !== undefined) response.headers.append("link", link);
  return response;
}
