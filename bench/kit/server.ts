import { existsSync } from "node:fs";
import { SERVER_V8_FLAGS } from "@/lib/cli/v8_flags.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { startServer } from "@/tests/kit/server_process.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { type BenchRequest, type Pressure, sendRequests } from "./load.ts";
import { processorSeconds } from "./processor_time.ts";

/** Pins a process to cores. Without it the system places the processes. */
const TASKSET = "/usr/bin/taskset";

const SERVER_CORE = "0";
const LOAD_CORE = "1";

/** A server under test in a process of its own. */
export interface BenchServer extends AsyncDisposable {
  readonly port: number;
  /** Returns its processor time so far, in seconds. */
  spentSeconds(): number;
}

/**
 * Runs a module as a server on its own core with production flags. Its first argument is the port
 * on the loopback interface.
 */
export function serveModule(
  module: string,
  { args = [] }: { args?: readonly string[] } = {},
): Promise<BenchServer> {
  const port = freePort();
  return startOnServerCore(["run", "-A", SERVER_V8_FLAGS, module, String(port), ...args], { port });
}

/** Runs `deno` with these arguments as a server on its own core. */
export async function startOnServerCore(
  args: readonly string[],
  { port, env = {} }: { port: number; env?: Record<string, string> },
): Promise<BenchServer> {
  // The server's log goes to where a supervisor would send it, not to this process.
  const command = ["-c", 'exec "$@" >/dev/null', "sh"];
  if (existsSync(TASKSET)) command.push(TASKSET, "-c", SERVER_CORE);
  command.push(Deno.execPath(), ...args);
  const process = await startServer({ program: "/bin/sh", args: command, env, ready: { port } });
  return {
    port,
    spentSeconds: () => processorSeconds(process.pid),
    [Symbol.asyncDispose]: () => process.kill("SIGKILL"),
  };
}

/**
 * Returns how many requests a server answers per second of processor time: what it would answer on
 * a core of its own, however busy this machine is.
 */
export async function requestsPerCpuSecond(
  server: BenchServer,
  requests: readonly BenchRequest[],
  pressure: Pressure,
): Promise<number> {
  const before = server.spentSeconds();
  const { count } = await sendRequests(server.port, requests, pressure);
  return count / (server.spentSeconds() - before);
}

/** Keeps this process, which creates the load, off the servers' core. */
export async function moveToLoadCore(): Promise<void> {
  if (!existsSync(TASKSET) || navigator.hardwareConcurrency < 2) return;
  const args = ["-a", "-p", "-c", LOAD_CORE, String(Deno.pid)];
  const { success } = await new Deno.Command(TASKSET, { args, stdout: "null" }).output();
  if (!success) throw new Error("taskset cannot move this process to a core");
}

/** Headers that Deno's server adds by itself. */
const OWN_HEADERS = ["date", "content-length", "transfer-encoding", "connection"];

/**
 * Starts a bare `Deno.serve` that gives exactly the answer that a server gives to a request now,
 * which is the fastest that any framework could be.
 */
export async function serveBareTwin(port: number, request: BenchRequest): Promise<BenchServer> {
  const response = await fetch(`http://127.0.0.1:${port}${request.path}`, {
    headers: request.headers ?? {},
    redirect: "manual",
  });
  const headers = [...response.headers].filter(([name]) => !OWN_HEADERS.includes(name));
  const folder = await tempFolder();
  const bodyFile = `${folder.path}/body`;
  await Deno.writeFile(bodyFile, await response.bytes());
  const server = await serveModule("bench/servers/bare.ts", {
    args: [JSON.stringify(headers), bodyFile],
  });
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
