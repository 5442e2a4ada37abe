import { App } from "../app.ts";
import type { BuildCache, StaticFile } from "../build_cache.ts";
import type { FreshHandler } from "../dispatch.ts";
import { type Bundle, Bundler } from "./bundle.ts";
import { contentTypeOf } from "./file_record.ts";
import { collectStaticFiles, findRoutes } from "./discover.ts";
import { mapIslands } from "./island_map.ts";
import { LiveReload } from "./live_reload.ts";
import type { ResolvedBuildConfig } from "./options.ts";
import { fileRoutes, findIslandSources, type IslandSource, loadIslands } from "./produce.ts";
import type { Transformers } from "./transform.ts";
import { watchProject } from "./watch.ts";

/**
 * Builds an application again when its files change, and reloads open pages. Modules that the server has loaded stay as
 * they are until `deno run --watch` restarts the process.
 */
export class DevSession<State> {
  readonly #config: ResolvedBuildConfig;
  readonly #registered: readonly string[];
  readonly #transformers: Transformers;
  readonly #app: App<State>;
  readonly #liveReload = new LiveReload();
  #bundler: { readonly key: string; readonly bundler: Bundler } | undefined;
  #handler: FreshHandler | undefined;
  #failure = "";

  constructor(
    app: App<State>,
    config: ResolvedBuildConfig,
    registered: readonly string[],
    transformers: Transformers,
  ) {
    this.#app = app;
    this.#config = config;
    this.#registered = registered;
    this.#transformers = transformers;
  }

  /** Returns a handler of requests. They wait for the first build. */
  start(signal: AbortSignal): FreshHandler {
    const firstBuild = this.#tryRebuild();
    this.#followChanges(firstBuild, signal);
    const alivePath = `${this.#app.config.basePath}/_frsh/alive`;
    return async (req, info) => {
      if (new URL(req.url).pathname === alivePath) return this.#liveReload.connect();
      await firstBuild;
      return this.#handler === undefined ? this.#brokenBuild() : await this.#handler(req, info);
    };
  }

  async #followChanges(firstBuild: Promise<boolean>, signal: AbortSignal): Promise<void> {
    for await (const _change of watchProject(this.#config, signal)) {
      await firstBuild;
      if (await this.#tryRebuild()) this.#liveReload.announce();
    }
    this.#liveReload.close();
    await firstBuild;
    await this.#bundler?.bundler.close();
  }

  /** Builds, and returns whether it succeeded. After a failure, the previous build stays. */
  async #tryRebuild(): Promise<boolean> {
    try {
      await this.#rebuild();
      return true;
    } catch (error) {
      console.error(error);
      this.#failure = String(error);
      return false;
    }
  }

  /** Reloads every second, since it is not a page of the application and has no live reload. */
  #brokenBuild(): Response {
    return new Response(this.#failure, { status: 500, headers: { refresh: "1" } });
  }

  async #rebuild(): Promise<void> {
    const islands = await findIslandSources(this.#config, this.#registered);
    const [bundle, routes, staticFiles] = await Promise.all([
      this.#bundle(islands),
      findRoutes(this.#config),
      collectStaticFiles(this.#config, this.#transformers),
    ]);
    const { root, mode, buildId } = this.#config;
    const files = new Map([...staticFiles, ...bundle.files]);
    const buildCache: BuildCache = {
      root,
      mode,
      buildId,
      boot: bundle.boot,
      islands: mapIslands(await loadIslands(islands, bundle)),
      routes: fileRoutes(routes),
      pageScript: this.#pageScript(bundle),
      staticFile: (path) => uncachedFile(path, files.get(path)),
    };
    App.attach(this.#app, buildCache);
    this.#handler = this.#app.handler();
  }

  /** Makes a new bundler only if the list of islands has changed. */
  async #bundle(islands: readonly IslandSource[]): Promise<Bundle> {
    const paths = islands.map(({ path }) => path);
    const key = paths.join("\n");
    if (this.#bundler?.key !== key) {
      await this.#bundler?.bundler.close();
      this.#bundler = { key, bundler: new Bundler(this.#config, paths) };
    }
    return await this.#bundler.bundler.bundle();
  }

  #pageScript({ liveReload }: Bundle): string {
    const src = encodeURI(this.#app.config.basePath + liveReload!.chunk);
    return `<script type="module" src="${src}"></script>`;
  }
}

function uncachedFile(
  path: string,
  content: Uint8Array<ArrayBuffer> | undefined,
): StaticFile | undefined {
  return content && {
    contentType: contentTypeOf(path),
    hash: undefined,
    immutable: false,
    encodings: ["identity"],
    content: () => Promise.resolve(content),
  };
}
