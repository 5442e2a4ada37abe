import type { Middleware } from "./context.ts";
import type { RouteData, RouteHandler } from "./handlers.ts";
import type { AnyComponent, PageProps } from "./page_props.ts";

/** The data of a page: what its handler passes on, or unknown where no handler is named. */
type PageData<Handler> = unknown extends Handler ? unknown : RouteData<Handler>;

/** Functions that give back what they get, and thereby its types. */
export interface Define<State> {
  /** Types the handlers of a route: `ctx.state` is known inside. */
  handlers<Handler extends RouteHandler<unknown, State>>(handlers: Handler): Handler;
  /** Types a page; `define.page<typeof handler>` gives `props.data` the type of what the handler passes to `page()`. */
  page<Handler = unknown>(
    component: AnyComponent<PageProps<PageData<Handler>, State>>,
  ): AnyComponent<PageProps<PageData<Handler>, State>>;
  /** Types a layout or an app wrapper. */
  layout(component: AnyComponent<PageProps<unknown, State>>): AnyComponent<
    PageProps<unknown, State>
  >;
  /** Types a middleware, or a list of them. */
  middleware<M extends Middleware<State> | readonly Middleware<State>[]>(middleware: M): M;
}

/** Makes the typing functions of an application whose `ctx.state` is a `State`. */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (component) => component,
    layout: (component) => component,
    middleware: (middleware) => middleware,
  };
}
