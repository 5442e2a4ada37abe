import { readdir, readFile, readlink } from "node:fs/promises";

/** State of a listening socket in `/proc/net/tcp`. */
const LISTENING = "0A";

/** Describes a process: its number, and its command if the system reveals it. */
export async function describeProcess(pid: number): Promise<string> {
  const command = await readIfAllowed(`/proc/${pid}/cmdline`);
  const words = command.split("\0").join(" ").trim();
  return words === "" ? `process ${pid}` : `process ${pid} (${words})`;
}

/**
 * Describes the process that listens on a TCP port. `undefined` if the system does not reveal it.
 */
export async function findListener(port: number): Promise<string | undefined> {
  const sockets = await listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const name of await listIfAllowed("/proc")) {
    if (/^\d+$/.test(name) && await holdsOneOf(Number(name), sockets)) {
      return await describeProcess(Number(name));
    }
  }
}

/** Lists listening sockets as the links in `/proc/PID/fd` name them. */
async function listeningSockets(port: number): Promise<Set<string>> {
  const tables = await Promise.all(["tcp", "tcp6"].map((it) => readIfAllowed(`/proc/net/${it}`)));
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = tables.flatMap((table) => table.split("\n")).map((row) => row.trim().split(/\s+/));
  return new Set(
    rows.filter(([, local, , state]) => state === LISTENING && local?.endsWith(suffix))
      .map((columns) => `socket:[${columns[9]}]`),
  );
}

async function holdsOneOf(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  for (const file of await listIfAllowed(`/proc/${pid}/fd`)) {
    try {
      if (sockets.has(await readlink(`/proc/${pid}/fd/${file}`))) return true;
    } catch {
      // The file was closed meanwhile.
    }
  }
  return false;
}

/** Reads a file. Treats one that cannot be read as empty. */
async function readIfAllowed(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return "";
  }
}

async function listIfAllowed(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch {
    return [];
  }
}
