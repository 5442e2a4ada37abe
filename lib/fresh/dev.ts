/** Public API of `fresh/dev`: builds an application, and serves it during development. */

import { App } from "./app.ts";
import type { Mode } from "./build_cache.ts";
import { setBuildId } from "./build_id.ts";
import { DevSession } from "./build/dev_session.ts";
import { writeSnapshot } from "./build/disk_snapshot.ts";
import { type BuildOptions, type ResolvedBuildConfig, resolveOptions } from "./build/options.ts";
import { memorySnapshot, produce } from "./build/produce.ts";
import { createBuildCache } from "./build/snapshot.ts";
import { type OnTransformOptions, Transformers, type TransformFn } from "./build/transform.ts";
import { listen, type ListenOptions } from "./listen.ts";

export type { BuildOptions, ResolvedBuildConfig } from "./build/options.ts";
export type { OnTransformArgs, OnTransformOptions, TransformFn } from "./build/transform.ts";

/** Attaches a build to an application. Call it before `app.handler()`. */
export type ApplyBuild = <State>(app: App<State>) => void;

/** Builds one project. */
export class Builder {
  /** The resolved options. */
  readonly config: ResolvedBuildConfig;
  readonly #islands: string[] = [];
  readonly #transformers = new Transformers();

  constructor(options: BuildOptions = {}) {
    this.config = resolveOptions(options);
  }

  /** Adds a module of islands: a path, a file URL, or anything that the import map or npm resolves. */
  registerIsland(specifier: string): void {
    this.#islands.push(specifier);
  }

  /** Adds a transformer of static files. Several transformers of one file run in the order in which they were added. */
  onTransformStaticFile(options: OnTransformOptions, transform: TransformFn): void {
    this.#transformers.add(options, transform);
  }

  /**
   * Builds the project to `outDir` (`snapshot: "disk"`, the default), or into this process for tests.
   *
   * @throws {Error} If a module or static file cannot be compiled.
   */
  async build(
    { mode = "production", snapshot = "disk" }: { mode?: Mode; snapshot?: "disk" | "memory" } = {},
  ): Promise<ApplyBuild> {
    this.config.mode = mode;
    setBuildId(this.config.buildId);
    const products = await produce(this.config, this.#islands, this.#transformers);
    if (snapshot === "disk") await writeSnapshot(this.config, products);
    const buildCache = createBuildCache(await memorySnapshot(this.config, products));
    return (app) => App.attach(app, buildCache);
  }

  /**
   * Serves the project, and builds it again and reloads open pages when files change. Run it under `deno run --watch`,
   * which restarts the process when a module of the server changes.
   *
   * Resolves once it listens, and serves until `options.signal` is aborted.
   *
   * @param importApp Loads the application, as in `() => import("./main.ts")`.
   */
  async listen<State>(
    importApp: () => Promise<App<State> | { app: App<State> }>,
    options: ListenOptions = {},
  ): Promise<void> {
    this.config.mode = "development";
    setBuildId(this.config.buildId);
    const imported = await importApp();
    const app = imported instanceof App ? imported : imported.app;
    const session = new DevSession(app, this.config, this.#islands, this.#transformers);
    const ended = new AbortController();
    options.signal?.addEventListener("abort", () => ended.abort(), { once: true });
    try {
      const server = listen(session.start(ended.signal), app.config, options);
      server.finished.finally(() => ended.abort());
    } catch (error) {
      ended.abort();
      throw error;
    }
  }
}
