import { type Chain, settleLazy, type Step } from "./chain.ts";
import type { Middleware } from "./context.ts";
import {
  errorBoundary,
  type ErrorRoute,
  type MaybeLazyErrorRoute,
  settleErrorRoute,
} from "./error_boundary.ts";
import type { Lazy, MaybeLazy, Method, Route, RouteConfig } from "./handlers.ts";
import type { LayoutConfig, PageComponent } from "./page_props.ts";
import type { Layout, Wrappers } from "./render/wrappers.ts";
import { answersOf } from "./route.ts";
import { type MethodChains, Router } from "./router.ts";
import { contains, type Place, type Scope } from "./scope.ts";
import { joinPaths } from "./url.ts";

/** What was registered at one depth of a path. */
interface Level<State> {
  readonly middlewares: Middleware<State>[];
  layout?: Layout;
  errorRoute?: ErrorRoute<State>;
}

/** A registration that applies to all places in a scope. */
interface Registered<State> {
  readonly scope: Scope;
  readonly addTo: (level: Level<State>) => void;
}

/** A compiled application. */
export interface Compiled<State> {
  readonly router: Router<State>;
  /** The steps that run before the answer to a request without a route. */
  readonly rootSteps: Chain<State>;
  /** Whether {@link rootSteps} has an error route for such a request. */
  readonly hasRootErrorRoute: boolean;
}

/** The place of a request without a route. */
const NOWHERE: Place = { url: [] };

/**
 * Turns the registrations of an application, in their order, into a router. A route gets what was registered before it.
 * Only `notFound` counts wherever it stands, so {@link finish} makes the chains at the end.
 */
export class Compilation<State> {
  readonly #router = new Router<State>();
  readonly #registered: Registered<State>[] = [];
  readonly #unfinished: (() => void)[] = [];
  #appWrapper: PageComponent<never> | undefined;
  #notFound: ErrorRoute<State> | undefined;

  constructor(readonly basePath: string) {}

  use(scope: Scope, middlewares: readonly MaybeLazy<Middleware<State>>[]): void {
    for (const middleware of middlewares.map(settleLazy)) {
      this.#registered.push({ scope, addTo: (level) => level.middlewares.push(middleware) });
    }
  }

  layout(scope: Scope, component: PageComponent<State>, config: LayoutConfig): void {
    const layout = { component: component as PageComponent<never>, config };
    this.#registered.push({ scope, addTo: (level) => level.layout = layout });
  }

  onError(scope: Scope, errorRoute: MaybeLazyErrorRoute<State>): void {
    const settled = settleErrorRoute(errorRoute);
    this.#registered.push({ scope, addTo: (level) => level.errorRoute = settled });
  }

  appWrapper(component: PageComponent<State>): void {
    this.#appWrapper = component as PageComponent<never>;
  }

  notFound(errorRoute: MaybeLazyErrorRoute<State>): void {
    this.#notFound = settleErrorRoute(errorRoute);
  }

  /** Registers middlewares that answer some methods of a pattern. */
  answer(
    pattern: string,
    methods: readonly Method[],
    middlewares: readonly MaybeLazy<Middleware<State>>[],
    place: Place,
  ): void {
    const runs = middlewares.map(settleLazy);
    this.#addRoute(pattern, place, (steps, wrappers) => {
      const chain = [...steps, ...runs.map((run) => ({ run, wrappers }))];
      return new Map(methods.map((method) => [method, chain]));
    });
  }

  /** Registers a route or its loader. */
  route(
    pattern: string,
    route: Route<State> | Lazy<Route<State>>,
    config: RouteConfig,
    place: Place,
  ): void {
    this.#addRoute(pattern, place, (steps, wrappers) => {
      if (typeof route !== "function") return chainsOf(withConfig(route, config), steps, wrappers);
      return async () => {
        const chains = chainsOf(withConfig(await route(), config), steps, wrappers);
        const { methods } = config;
        return methods === undefined
          ? chains
          : new Map([...chains].filter(([method]) => methods.includes(method)));
      };
    });
  }

  #addRoute(
    pattern: string,
    place: Place,
    chains: (
      steps: Chain<State>,
      wrappers: Wrappers,
    ) => MethodChains<State> | Lazy<MethodChains<State>>,
  ): void {
    const entry = this.#router.entryFor(joinPaths(this.basePath, pattern));
    const levels = this.#levelsOf(place);
    const appWrapper = this.#appWrapper;
    this.#unfinished.push(() => {
      const { steps, wrappers } = this.#stepsOf(levels, appWrapper);
      entry.add(chains(steps, wrappers));
    });
  }

  /** Returns what applies to a place so far, outermost first. */
  #levelsOf(place: Place): Level<State>[] {
    // The index is the depth. `filter` skips the depths at which nothing is registered.
    const levels: Level<State>[] = [{ middlewares: [] }];
    for (const { scope, addTo } of this.#registered) {
      if (contains(scope, place)) addTo(levels[scope.segments.length] ??= { middlewares: [] });
    }
    return levels.filter(() => true);
  }

  #stepsOf(levels: readonly Level<State>[], appWrapper: PageComponent<never> | undefined) {
    const steps: Step<State>[] = [];
    let layouts: readonly Layout[] = [];
    for (const { middlewares, layout, errorRoute } of levels) {
      if (layout !== undefined) layouts = [...layouts, layout];
      const wrappers = { appWrapper, layouts };
      const boundary = this.#boundaryOf(errorRoute);
      // The outer boundary answers errors of the middlewares. The inner one answers later errors, so that the
      // middlewares see the answer of the error route and can add their headers.
      if (boundary !== undefined) steps.push({ run: boundary, wrappers });
      steps.push(...middlewares.map((run) => ({ run, wrappers })));
      if (boundary !== undefined && middlewares.length > 0) steps.push({ run: boundary, wrappers });
    }
    return { steps, wrappers: { appWrapper, layouts } };
  }

  #boundaryOf(onError: ErrorRoute<State> | undefined): Middleware<State> | undefined {
    const notFound = this.#notFound;
    if (onError === undefined && notFound === undefined) return undefined;
    return errorBoundary({ onError, notFound });
  }

  /** Makes the chains of all routes. */
  finish(): Compiled<State> {
    for (const finish of this.#unfinished) finish();
    const levels = this.#levelsOf(NOWHERE);
    return {
      router: this.#router,
      rootSteps: this.#stepsOf(levels, this.#appWrapper).steps,
      hasRootErrorRoute: levels[0]?.errorRoute !== undefined || this.#notFound !== undefined,
    };
  }
}

function withConfig<State>(route: Route<State>, config: RouteConfig): Route<State> {
  return { ...route, config: { ...route.config, ...config } };
}

function chainsOf<State>(
  route: Route<State>,
  steps: Chain<State>,
  wrappers: Wrappers,
): MethodChains<State> {
  return new Map(
    [...answersOf(route)].map(([method, run]) => [method, [...steps, { run, wrappers }]]),
  );
}
