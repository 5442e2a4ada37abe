import { parseArgs } from "node:util";

/** What `deno task start` passes to its server besides the settings. */
export interface Launch {
  /** The process that started the server. The server ends when it ends. */
  readonly parent: number | undefined;
  /** Whether to migrate PostgreSQL too. An embedded database always is. */
  readonly migrate: boolean;
  /** Hash of the token that creates the first admin. */
  readonly setupHash: string | undefined;
}

const OPTIONS = {
  parent: { type: "string" },
  migrate: { type: "boolean", default: false },
  setup: { type: "string" },
} as const;

/** Reads the launch from the server's arguments. Any other process has none of them. */
export function readLaunch(args: readonly string[]): Launch {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: false });
  return {
    parent: typeof values.parent === "string" ? Number(values.parent) : undefined,
    migrate: values.migrate === true,
    setupHash: typeof values.setup === "string" ? values.setup : undefined,
  };
}

/** Returns the arguments that {@linkcode readLaunch} reads. */
export function launchArguments({ parent, migrate, setupHash }: Launch): string[] {
  return [
    ...(parent === undefined ? [] : [`--parent=${parent}`]),
    ...(migrate ? ["--migrate"] : []),
    ...(setupHash === undefined ? [] : [`--setup=${setupHash}`]),
  ];
}
