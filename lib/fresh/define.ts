import type { Middleware } from "./context.ts";
import type { RouteData, RouteHandler } from "./handlers.ts";
import type { AnyComponent, PageProps } from "./page_props.ts";

/** The data that the handler of a page passes on, or unknown if no handler is named. */
type PageData<Handler> = unknown extends Handler ? unknown : RouteData<Handler>;

/** Functions that return their argument and give it types. */
export interface Define<State> {
  /** Types the handlers of a route, with `ctx.state`. */
  handlers<Handler extends RouteHandler<unknown, State>>(handlers: Handler): Handler;
  /** Types a page. With `define.page<typeof handler>`, `props.data` has the type that the handler passes to `page()`. */
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
