/** What a build (or the development server) hands to an {@link App}: file routes, islands, static files. */

/** How an application runs: `production` caches for ever, `development` never caches. */
export type Mode = "production" | "development";

/** One module of the routes directory. */
export interface FileRoute {
  /** Path below the routes directory, forward slashes, with extension: `users/[id].tsx`. */
  readonly path: string;
  /** Imports the module. Called once; the result is kept. */
  readonly load: () => Promise<unknown>;
  /**
   * Load at start, not at the first request. Needed where the module decides the shape of the router: files that set
   * `routeOverride`. Special files (`_app`, `_layout`, ...) are always loaded at start, whatever is said here.
   */
  readonly eager: boolean;
}

/** A component whose identity marks an island: every exported function of an island module. */
// `never`: a function of any props may stand here, and nobody may call it through this type.
export type IslandComponent = (props: never) => unknown;

/** Where the browser finds one island. All URLs are root-relative and without the base path. */
export interface Island {
  /** Unique ASCII identifier of the island. */
  readonly name: string;
  /** Name under which the chunk exports the component. */
  readonly exportName: string;
  /** URL of the island's own chunk: `/_fresh/js/<buildId>/Counter.js`. */
  readonly chunk: string;
  /** URLs of the chunks that `chunk` imports, to be fetched in the same round. */
  readonly imports: readonly string[];
}

/** A module of ours for the browser. */
export interface ClientModule {
  /** URL of the module, root-relative and without the base path. */
  readonly chunk: string;
  /** URLs of the chunks that it imports. */
  readonly imports: readonly string[];
}

/** What the browser needs to hydrate islands. */
export interface ClientEntry {
  /** Hydrates the islands of a page. */
  readonly boot: ClientModule;
  /** Restores props beyond plain JSON; only pages that have such props load it. */
  readonly decoder: ClientModule;
}

/** Content codings in which a static file may be stored. */
export type Encoding = "identity" | "gzip" | "br";

/** A static file in one of its codings. */
export interface FileContent {
  /** Text where it is UTF-8, which Deno sends with less effort than bytes. */
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly byteLength: number;
}

/** A file that `staticFiles()` serves. */
export interface StaticFile {
  /** With charset where the type is textual: `text/css; charset=UTF-8`. */
  readonly contentType: string;
  /** Hash of the identity bytes, used as the entity tag; `undefined` where none is known (development). */
  readonly hash: string | undefined;
  /** The URL already names the content, so it may be cached for ever. */
  readonly immutable: boolean;
  /** The codings in which the file is stored, best first; always contains `identity`. */
  readonly encodings: readonly Encoding[];
  /**
   * What is sent in one of {@link encodings}. The first call may read a disk and answer with a promise; afterwards the
   * content comes from memory and at once, which keeps the hot path synchronous.
   */
  content(encoding: Encoding): FileContent | Promise<FileContent>;
}

/** Everything an application needs to know of its build. */
export interface BuildCache {
  /** Absolute path of the project. */
  readonly root: string;
  readonly mode: Mode;
  /** Names this build in asset URLs. */
  readonly buildId: string;
  /** The files of the routes directory, in any order. */
  readonly routes: readonly FileRoute[];
  readonly islands: ReadonlyMap<IslandComponent, Island>;
  readonly clientEntry: ClientEntry;
  /**
   * HTML for the end of the body of every page, with or without islands: the development server's live reload. Must be
   * an external script, so that a strict Content-Security-Policy lets it pass.
   */
  readonly pageScript?: string;
  /**
   * Looks a static file up by its decoded, root-relative path without base path (`/app.css`). Production answers at once
   * from a Map; development may look on disk.
   */
  staticFile(pathname: string): StaticFile | undefined | Promise<StaticFile | undefined>;
}
