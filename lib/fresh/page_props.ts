import type { ComponentChild, FunctionComponent } from "preact";
import type { ResolvedFreshConfig } from "./config.ts";

/** What a page, a layout and the app wrapper receive. */
export interface PageProps<Data = unknown, State = unknown> {
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  readonly req: Request;
  readonly params: Record<string, string>;
  readonly info: Deno.ServeHandlerInfo;
  readonly state: State;
  /** Always false: partials are upstream's. */
  readonly isPartial: boolean;
  /** In a layout or app wrapper: renders what is inside. */
  readonly Component: FunctionComponent;
  /** On an error page: what was thrown; else null. */
  readonly error: unknown;
  /** Pattern of the matched route, base path included, or null. */
  readonly route: string | null;
  /** What the handler passed to `page()`. */
  readonly data: Data;
}

/** A component that may be declared `async`, and may then answer with a Response instead. */
export type AnyComponent<Props> = (
  props: Props,
) => ComponentChild | Response | Promise<ComponentChild | Response>;

/** A page, layout or app wrapper whose data is its own affair: `never` lets any data type in. */
export type PageComponent<State> = AnyComponent<PageProps<never, State>>;

/** Settings of a layout. */
export interface LayoutConfig {
  /** Leave the app wrapper away. */
  readonly skipAppWrapper?: boolean;
  /** On a layout: drop the layouts above it. On a route: drop all layouts. */
  readonly skipInheritedLayouts?: boolean;
}

/** Settings of `ctx.render()`. */
export type RenderConfig = LayoutConfig;
