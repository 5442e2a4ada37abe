/** The builder of an application. */
import type { App } from "./fresh.d.ts";

export interface BuildOptions {
  target?: string | string[];
  root?: string;
  serverEntry?: string;
  outDir?: string;
  staticDir?: string | string[];
  islandDir?: string;
  routeDir?: string;
  ignore?: RegExp[];
}

interface TransformArgs {
  path: string;
  text: string;
  content: Uint8Array;
  target: string | string[];
  mode: "production" | "development";
  root: string;
}

interface Transformed {
  content: string | Uint8Array;
  path?: string;
}

export declare class Builder {
  constructor(options?: BuildOptions);
  onTransformStaticFile(
    options: { pluginName: string; filter: RegExp },
    transform: (args: TransformArgs) => Promise<Transformed | void> | Transformed | void,
  ): void;
  build(
    options?: { mode?: "production" | "development"; snapshot?: "disk" | "memory" },
    // An application's state does not matter to its build.
    // deno-lint-ignore no-explicit-any
  ): Promise<(app: App<any>) => void>;
  listen<State>(
    importApp: () => Promise<App<State> | { app: App<State> }>,
    options?: Deno.ServeTcpOptions,
  ): Promise<void>;
}
