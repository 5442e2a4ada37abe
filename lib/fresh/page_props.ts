import type { ComponentChild, FunctionComponent } from "preact";
import type { ResolvedFreshConfig } from "./config.ts";

/** The props of a page, a layout and the app wrapper. */
export interface PageProps<Data = unknown, State = unknown> {
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  readonly req: Request;
  readonly params: Record<string, string>;
  readonly info: Deno.ServeHandlerInfo;
  readonly state: State;
  /** Always false, since there are no partials. */
  readonly isPartial: boolean;
  /** In a layout or app wrapper, renders the content. */
  readonly Component: FunctionComponent;
  /** On an error page, the error. Otherwise null. */
  readonly error: unknown;
  /** Pattern of the matched route, base path included, or null. */
  readonly route: string | null;
  /** The data that the handler passed to `page()`. */
  readonly data: Data;
}

/** A component. If it is declared `async`, it may return a Response instead. */
export type AnyComponent<Props> = (
  props: Props,
) => ComponentChild | Response | Promise<ComponentChild | Response>;

/** A page, layout or app wrapper with any type of data, which `never` allows. */
export type PageComponent<State> = AnyComponent<PageProps<never, State>>;

/** Options of a layout. */
export interface LayoutConfig {
  /** Whether to omit the app wrapper. */
  readonly skipAppWrapper?: boolean;
  /** On a layout, whether to omit the layouts above it. On a route, whether to omit all layouts. */
  readonly skipInheritedLayouts?: boolean;
}

/** Options of `ctx.render()`. */
export type RenderConfig = LayoutConfig;
