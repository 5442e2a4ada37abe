import type { Chain } from "./chain.ts";
import type { Lazy, Method } from "./handlers.ts";
import {
  canonical,
  compilePattern,
  isDynamic,
  literalPrefix,
  type Params,
  type PathMatcher,
} from "./pattern.ts";

/** The chains of a route by method. */
export type MethodChains<State> = ReadonlyMap<Method, Chain<State>>;

/** One pattern and its registrations. */
export class RouteEntry<State> {
  readonly #chains = new Map<string, Chain<State>>();
  /** Registrations that wait for an earlier lazy one, since the first registration for a method wins. */
  readonly #waiting: (MethodChains<State> | Lazy<MethodChains<State>>)[] = [];
  #loading: Promise<void> | undefined;

  constructor(readonly pattern: string) {}

  /** Registers chains or their loader. */
  add(chains: MethodChains<State> | Lazy<MethodChains<State>>): void {
    if (typeof chains === "function" || this.#waiting.length > 0) this.#waiting.push(chains);
    else this.#merge(chains);
  }

  /** Whether all registrations are loaded. */
  get isLoaded(): boolean {
    return this.#waiting.length === 0;
  }

  /** Loads the lazy registrations once. After a failure, the next request tries again. */
  load(): Promise<void> {
    return this.#loading ??= this.#loadAll().finally(() => this.#loading = undefined);
  }

  async #loadAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      this.#merge(typeof next === "function" ? await next() : next);
      this.#waiting.shift();
    }
  }

  #merge(chains: MethodChains<State>): void {
    for (const [method, chain] of chains) {
      if (!this.#chains.has(method)) this.#chains.set(method, chain);
    }
  }

  /**
   * Returns the chain for a method. HEAD uses the chain of GET unless it has one of its own. `Request` capitalizes the
   * methods it knows, but not `patch`.
   */
  chainFor(method: string): Chain<State> | undefined {
    return this.#chains.get(method) ??
      this.#chains.get(method === "HEAD" ? "GET" : method.toUpperCase());
  }

  /** The methods for an `Allow` header. */
  get allow(): string {
    return [...this.#chains.keys()].join(", ");
  }
}

/** The route of a path. */
export interface RouteMatch<State> {
  readonly entry: RouteEntry<State>;
  readonly params: Params;
}

interface DynamicRoute<State> {
  /** Position in the order of registration. */
  readonly order: number;
  readonly matches: PathMatcher;
  readonly entry: RouteEntry<State>;
}

/** Dynamic routes by their first literal segments, so that a path is compared only with the few that can match it. */
class PrefixNode<State> {
  readonly children = new Map<string, PrefixNode<State>>();
  readonly routes: DynamicRoute<State>[] = [];

  child(segment: string): PrefixNode<State> {
    let child = this.children.get(segment);
    if (child === undefined) this.children.set(segment, child = new PrefixNode());
    return child;
  }
}

/** Finds the route of a path: first among exact patterns in a map, then among dynamic ones in their order. */
export class Router<State> {
  readonly #entries = new Map<string, RouteEntry<State>>();
  readonly #static = new Map<string, RouteEntry<State>>();
  readonly #dynamic = new PrefixNode<State>();

  /** Returns the entry of a pattern, which is made at the first call. */
  entryFor(pattern: string): RouteEntry<State> {
    let entry = this.#entries.get(pattern);
    if (entry === undefined) {
      entry = new RouteEntry(pattern);
      this.#entries.set(pattern, entry);
      if (isDynamic(pattern)) this.#addDynamic(entry);
      else this.#static.set(canonical(pattern), entry);
    }
    return entry;
  }

  #addDynamic(entry: RouteEntry<State>): void {
    const { pattern } = entry;
    const node = literalPrefix(pattern).reduce(
      (node, segment) => node.child(segment),
      this.#dynamic,
    );
    node.routes.push({ order: this.#entries.size, matches: compilePattern(pattern), entry });
  }

  /** @throws {HttpError} 400 if a parameter cannot be decoded. */
  match(path: string): RouteMatch<State> | undefined {
    return this.#matchStatic(path) ?? this.#matchDynamic(path);
  }

  /** Exact patterns match with and without a trailing slash. The exact form goes first. */
  #matchStatic(path: string): RouteMatch<State> | undefined {
    const entry = this.#static.get(path) ??
      this.#static.get(path.endsWith("/") ? path.slice(0, -1) : `${path}/`);
    return entry && { entry, params: {} };
  }

  #matchDynamic(path: string): RouteMatch<State> | undefined {
    let best: RouteMatch<State> | undefined;
    let bestOrder = Infinity;
    let start = 1;
    for (let node: PrefixNode<State> | undefined = this.#dynamic; node !== undefined;) {
      for (const route of node.routes) {
        if (route.order >= bestOrder) break;
        const params = route.matches(path);
        if (params === undefined) continue;
        best = { entry: route.entry, params };
        bestOrder = route.order;
        break;
      }
      if (start > path.length) break;
      const slash = path.indexOf("/", start);
      const end = slash === -1 ? path.length : slash;
      node = node.children.get(path.slice(start, end));
      start = end + 1;
    }
    return best;
  }
}
