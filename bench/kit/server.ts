import { existsSync } from "node:fs";
import { SERVER_V8_FLAGS } from "@/lib/cli/v8_flags.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { startServer } from "@/tests/kit/server_process.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { type BenchRequest, type Pressure, sendRequests } from "./load.ts";
import { processorSeconds } from "./processor_time.ts";

/** Pins a process to cores; where it is missing, the system places the processes. */
const TASKSET = "/usr/bin/taskset";

const SERVER_CORE = "0";
const LOAD_CORE = "1";

/** A server under test in a process of its own. */
export interface BenchServer extends AsyncDisposable {
  readonly port: number;
  /** What its answers have cost so far, in seconds of processor time. */
  spentSeconds(): number;
}

/**
 * Runs a module as a server on a core of its own, with the flags of production. It is told where to
 * listen by its first argument, a port of the loopback interface.
 */
export function serveModule(
  module: string,
  { args = [] }: { args?: readonly string[] } = {},
): Promise<BenchServer> {
  const port = freePort();
  return startOnServerCore(["run", "-A", SERVER_V8_FLAGS, module, String(port), ...args], { port });
}

/** Runs `deno` with these arguments as a server on a core of its own. */
export async function startOnServerCore(
  args: readonly string[],
  { port, env = {} }: { port: number; env?: Record<string, string> },
): Promise<BenchServer> {
  // What a server logs goes where a supervisor would put it: out of this process.
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
 * How many requests a server answers in a second of processor time: what it would answer in a
 * second on a core that it has for itself, however busy this machine is with other things.
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

/** Keeps this process, which makes the load, off the core of the servers. */
export async function moveToLoadCore(): Promise<void> {
  if (!existsSync(TASKSET) || navigator.hardwareConcurrency < 2) return;
  const args = ["-a", "-p", "-c", LOAD_CORE, String(Deno.pid)];
  const { success } = await new Deno.Command(TASKSET, { args, stdout: "null" }).output();
  if (!success) throw new Error("taskset cannot move this process to a core");
}

/** What Deno's server adds by itself. */
const OWN_HEADERS = ["date", "content-length", "transfer-encoding", "connection"];

/**
 * Starts a bare `Deno.serve` that gives the very answer that a server gives to a request now: the
 * fastest that any framework could be here.
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
