/** What a build or the development server gives to an application: file routes, islands, static files. */

/** How an application runs: `production` caches forever, `development` never caches. */
export type Mode = "production" | "development";

/** One module of the routes directory. */
export interface FileRoute {
  /** Path below the routes directory, forward slashes, with extension: `users/[id].tsx`. */
  readonly path: string;
  /** Imports the module. Called once. */
  readonly load: () => Promise<unknown>;
  /**
   * Whether the module is loaded at start instead of at the first request, because it sets `routeOverride`. Special files
   * (`_app`, `_layout`, ...) are always loaded at start.
   */
  readonly eager: boolean;
}

/** An exported function of an island module. With `never` as props, any function fits. */
export type IslandComponent = (props: never) => unknown;

/** An island, and the script from which the browser loads it. */
export interface Island extends ClientModule {
  /** Unique ASCII identifier of the island. */
  readonly name: string;
  /** The name under which the chunk exports the component. */
  readonly exportName: string;
}

/** A script that the browser fetches. All URLs are root-relative and without the base path. */
export interface ClientModule {
  readonly chunk: string;
  /** URLs of the chunks that `chunk` imports, to be fetched in the same round. */
  readonly imports: readonly string[];
}

/** An encoding in which a static file may be stored. */
export type Encoding = "identity" | "gzip" | "br";

/** A file that `staticFiles()` serves. */
export interface StaticFile {
  /** With charset if the type is textual: `text/css; charset=UTF-8`. */
  readonly contentType: string;
  /** Hash of the identity bytes, used as the entity tag. Undefined in development. */
  readonly hash: string | undefined;
  /** Whether the URL already names the content, so that it may be cached forever. */
  readonly immutable: boolean;
  /** The encodings in which the file is stored, best first. Always contains `identity`. */
  readonly encodings: readonly Encoding[];
  /** Returns the bytes in one of {@link encodings}. */
  content(encoding: Encoding): Promise<Uint8Array<ArrayBuffer>>;
}

/** What an application needs to know about its build. */
export interface BuildCache {
  /** Absolute path of the project. */
  readonly root: string;
  readonly mode: Mode;
  /** Names this build in the URLs of assets. */
  readonly buildId: string;
  /** The files of the routes directory, in any order. */
  readonly routes: readonly FileRoute[];
  readonly islands: ReadonlyMap<IslandComponent, Island>;
  /** The script that hydrates the islands of a page. */
  readonly boot: ClientModule;
  /**
   * HTML for the end of the body of every page: the live reload of the development server. It is an external script, so
   * that a strict Content-Security-Policy allows it.
   */
  readonly pageScript?: string;
  /** Finds a static file by its decoded, root-relative path without base path (`/app.css`). */
  staticFile(pathname: string): StaticFile | undefined;
}
