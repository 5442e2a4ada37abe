import { SERVER_V8_FLAGS } from "@/lib/cli/v8_flags.ts";
import { SOCKET_NAME, socketFolderOf } from "@/lib/db/socket_folder.ts";
import { writtenFolders } from "@/lib/domain/operation/written_folders.ts";
import { bracketed } from "@/lib/ip_address.ts";
import { ENVIRONMENT_NAMES, type Settings } from "@/lib/settings.ts";

/** What the log, the native addons, the judge of passwords and `/readyz` ask of the machine. */
const SYSTEM_CALLS = ["hostname", "cpus", "networkInterfaces", "setPriority", "statfs"];
/** What `pino-pretty` asks for colours by. */
const TERMINAL_NAMES = ["NO_COLOR", "FORCE_COLOR", "TERM"];
/** Packages that the build does not hold, native addons among them. */
const PACKAGES = "node_modules";

/**
 * The options of `deno run` for a server with these settings, with all that it may do: which hosts
 * it may reach, and what it may read and write. What else its packages look for is not there.
 *
 * @param build the folder of the build
 */
export function serverOptions(settings: Settings, build = "_fresh"): string[] {
  const folders = writtenFolders(settings);
  return [
    "--no-prompt",
    SERVER_V8_FLAGS,
    list("--allow-net", placesOf(settings)),
    list("--allow-env", [...ENVIRONMENT_NAMES, ...TERMINAL_NAMES]),
    "--ignore-env",
    list("--allow-read", [build, PACKAGES, ".env", ...folders, ...settings.files]),
    "--ignore-read",
    ...(folders.length > 0 ? [list("--allow-write", folders)] : []),
    list("--allow-sys", SYSTEM_CALLS),
    list("--allow-ffi", [PACKAGES]),
  ];
}

/** Where the server listens, and where it connects to. */
function placesOf({ host, port, database, ftp, smtp }: Settings): string[] {
  return [
    place(host, port),
    ...(database.kind === "postgres"
      ? database.server.routes.map((route) => place(route.host, route.port))
      : database.path === "memory"
      ? []
      : [`unix:${socketFolderOf(database.path)}/${SOCKET_NAME}`]),
    // The server chooses the ports of data connections.
    ...(ftp ? [bracketed(ftp.host)] : []),
    ...(smtp ? [place(smtp.host, smtp.port)] : []),
  ];
}

function place(host: string, port: number): string {
  return host.startsWith("/") ? `unix:${host}/.s.PGSQL.${port}` : `${bracketed(host)}:${port}`;
}

/** In a list a comma is written twice. */
function list(option: string, values: readonly string[]): string {
  const parts = [...new Set(values)].map((value) => value.replaceAll(",", ",,"));
  return `${option}=${parts.join(",")}`;
}
