import type { BuildCache } from "./build_cache.ts";
import { setBuildId } from "./build_id.ts";
import { Compilation, type Compiled } from "./compilation.ts";
import { type FreshConfig, resolveConfig, type ResolvedFreshConfig } from "./config.ts";
import type { Middleware } from "./context.ts";
import { deploymentId } from "./deployment.ts";
import { dispatch, type FreshHandler } from "./dispatch.ts";
import type { MaybeLazyErrorRoute } from "./error_boundary.ts";
import {
  type LoadedFiles,
  loadFileRoutes,
  registerFileRoutes,
} from "./route_files/registration.ts";
import {
  type Lazy,
  type MaybeLazy,
  type Method,
  METHODS,
  type Route,
  type RouteConfig,
} from "./handlers.ts";
import { listen, type ListenOptions } from "./listen.ts";
import type { LayoutConfig, PageComponent } from "./page_props.ts";
import { type Scope, segmentsOf } from "./scope.ts";
import { joinPaths } from "./url.ts";

/** One registration. It is replayed under the mount path when the application is compiled. */
type Command<State> = (
  compilation: Compilation<State>,
  prefix: string,
  files: LoadedFiles,
) => void;

/**
 * A web application. The order of registration matters: a route gets the middlewares, layouts, app wrapper and error
 * routes that were registered before it.
 */
export class App<State = unknown> {
  /** The resolved configuration. */
  readonly config: ResolvedFreshConfig;
  readonly #commands: Command<State>[] = [];
  #usesFileRoutes = false;
  #buildCache: BuildCache | undefined;

  constructor(config: FreshConfig = {}) {
    this.config = resolveConfig(config);
  }

  /** Registers middlewares for the whole application, or for a path and everything below it. */
  use(...middlewares: MaybeLazy<Middleware<State>>[]): this;
  use(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this;
  use(...args: (string | MaybeLazy<Middleware<State>>)[]): this {
    const path = typeof args[0] === "string" ? args[0] : "/";
    const middlewares = args.filter((arg) => typeof arg !== "string");
    return this.#add((target, prefix) => target.use(scopeOf(prefix, path), middlewares));
  }

  /** Answers GET, and HEAD unless it has a route of its own. */
  get(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#answer(["GET"], path, middlewares);
  }

  /** Answers POST. */
  post(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#answer(["POST"], path, middlewares);
  }

  /** Answers PUT. */
  put(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#answer(["PUT"], path, middlewares);
  }

  /** Answers PATCH. */
  patch(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#answer(["PATCH"], path, middlewares);
  }

  /** Answers DELETE. */
  delete(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#answer(["DELETE"], path, middlewares);
  }

  /** Answers HEAD instead of the GET route. */
  head(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#answer(["HEAD"], path, middlewares);
  }

  /** Answers every method. */
  all(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#answer(METHODS, path, middlewares);
  }

  /** Registers a page, a handler or both, or a function that loads them at the first request. */
  route(path: string, route: Route<State> | Lazy<Route<State>>, config: RouteConfig = {}): this {
    return this.#add((target, prefix) => {
      const pattern = joinPaths(prefix, path);
      target.route(pattern, route, config, { url: segmentsOf(pattern) });
    });
  }

  /** Registers the files of the routes directory, under a path if one is given. */
  fsRoutes(path = "*"): this {
    this.#usesFileRoutes = true;
    return this.#add((target, prefix, files) => {
      registerFileRoutes(target, files, joinPaths(prefix, path.replace(/\/?\*$/, "")));
    });
  }

  /** Wraps the pages of a path and everything below it. */
  layout(path: string, component: PageComponent<State>, config: LayoutConfig = {}): this {
    return this.#add((target, prefix) => target.layout(scopeOf(prefix, path), component, config));
  }

  /** Wraps all pages in a component that writes the document around them. */
  appWrapper(component: PageComponent<State>): this {
    return this.#add((target) => target.appWrapper(component));
  }

  /** Answers errors thrown at a path or below it. */
  onError(path: string, errorRoute: MaybeLazyErrorRoute<State>): this {
    return this.#add((target, prefix) => target.onError(scopeOf(prefix, path), errorRoute));
  }

  /** Answers every 404. The last registration counts. */
  notFound(errorRoute: MaybeLazyErrorRoute<State>): this {
    return this.#add((target) => target.notFound(errorRoute));
  }

  /** Adds the registrations of another application below a path. */
  mountApp(path: string, app: App<State>): this {
    this.#usesFileRoutes ||= app.#usesFileRoutes;
    // A copy, since later registrations of the other application do not count here.
    const commands = [...app.#commands];
    const mountPath = joinPaths(path.replace(/\/?\*$/, ""), app.config.basePath);
    return this.#add((target, prefix, files) => {
      for (const command of commands) command(target, joinPaths(prefix, mountPath), files);
    });
  }

  #answer(
    methods: readonly Method[],
    path: string,
    middlewares: readonly MaybeLazy<Middleware<State>>[],
  ): this {
    return this.#add((target, prefix) => {
      const pattern = joinPaths(prefix, path);
      target.answer(pattern, methods, middlewares, { url: segmentsOf(pattern) });
    });
  }

  #add(command: Command<State>): this {
    this.#commands.push(command);
    return this;
  }

  /**
   * Compiles all registrations to a function that answers requests.
   *
   * @throws {Error} If the application is deployed without a build.
   */
  handler(): FreshHandler {
    const buildCache = this.#buildCache;
    if (buildCache === undefined && this.config.mode === "production") expectNoDeployment();
    if (buildCache === undefined || !this.#usesFileRoutes) {
      return dispatch(this.#compile([]), this.config, buildCache);
    }
    const compiled = loadFileRoutes(buildCache).then((files) => this.#compile(files));
    // Every request reports the failure. It must not end the process before the first one.
    compiled.catch(() => {});
    return dispatch(compiled, this.config, buildCache);
  }

  #compile(files: LoadedFiles): Compiled<State> {
    const compilation = new Compilation<State>(this.config.basePath);
    for (const command of this.#commands) command(compilation, "/", files);
    return compilation.finish();
  }

  /**
   * Serves the application until `options.signal` is aborted. Resolves once it listens. Without a port, uses the first
   * free one from 8000 to 8019.
   *
   * @throws {Deno.errors.AddrInUse} If no port is free.
   */
  // deno-lint-ignore require-await -- Upstream resolves once it listens; a failure must reject.
  async listen(options: ListenOptions = {}): Promise<void> {
    listen(this.handler(), this.config, options);
  }

  /** @ignore Attaches a build: file routes, islands, static files. Call before `handler()`. */
  static attach<State>(app: App<State>, buildCache: BuildCache): void {
    app.#buildCache = buildCache;
    app.config.root = buildCache.root;
    app.config.mode = buildCache.mode;
    setBuildId(buildCache.buildId);
  }
}

/** Without a build there are no file routes, islands or static files. A test may want that, but never a deployment. */
function expectNoDeployment(): void {
  if (deploymentId() !== undefined) {
    throw new Error("There is no build: run `deno task build`, and deploy what it writes");
  }
}

function scopeOf(prefix: string, path: string): Scope {
  return { kind: "url", segments: [...segmentsOf(prefix), ...segmentsOf(path)] };
}
