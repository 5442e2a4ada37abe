import type { App } from "../app.ts";
import type { BuildCache, StaticFile } from "../build_cache.ts";
import type { FreshHandler } from "../dispatch.ts";
import { setBuildCache } from "../internal.ts";
import { type Bundle, Bundler } from "./bundle.ts";
import { contentTypeOf } from "./content_type.ts";
import { findRoutes } from "./discover.ts";
import { mapIslands } from "./island_map.ts";
import { LiveReload } from "./live_reload.ts";
import type { ResolvedBuildConfig } from "./options.ts";
import { fileRoutes, findIslandSources, type IslandSource, loadIslands } from "./produce.ts";
import { collectStaticFiles } from "./static_files.ts";
import type { Transformers } from "./transform.ts";
import { watchProject } from "./watch.ts";

/**
 * Keeps an application built while its files change, and tells the pages that are open. Modules that the server has
 * loaded stay as they are: those come anew when `deno run --watch` restarts the process.
 */
export class DevSession<State> {
  readonly #config: ResolvedBuildConfig;
  readonly #registered: readonly string[];
  readonly #transformers: Transformers;
  readonly #app: App<State>;
  readonly #liveReload = new LiveReload();
  #bundler: { readonly key: string; readonly bundler: Bundler } | undefined;
  #handler: FreshHandler | undefined;

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

  /** Answers requests; the first ones wait for the first build. */
  start(signal: AbortSignal): FreshHandler {
    const ready = this.#rebuild();
    // The requests are told, each of them.
    ready.catch(() => {});
    this.#followChanges(ready, signal);
    const alivePath = `${this.#app.config.basePath}/_frsh/alive`;
    return async (req, info) => {
      if (new URL(req.url).pathname === alivePath) return this.#liveReload.connect();
      await ready;
      return await this.#handler!(req, info);
    };
  }

  async #followChanges(ready: Promise<void>, signal: AbortSignal): Promise<void> {
    await ready.catch((error) => console.error("The first build failed:", error));
    for await (const _changes of watchProject(this.#config, signal)) {
      try {
        await this.#rebuild();
        this.#liveReload.announce();
      } catch (error) {
        console.error("The build failed, pages stay as they were:", error);
      }
    }
    this.#liveReload.close();
    await this.#bundler?.bundler.close();
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
      clientEntry: bundle.clientEntry,
      islands: mapIslands(await loadIslands(islands, bundle)),
      routes: fileRoutes(routes),
      pageScript: this.#pageScript(bundle),
      staticFile: (path) => uncachedFile(path, files.get(path)),
    };
    setBuildCache(this.#app, buildCache);
    this.#handler = this.#app.handler();
  }

  /** Another bundler only where there are other islands. */
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
    body: () => content,
  };
}
