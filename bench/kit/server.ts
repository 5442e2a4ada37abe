import { existsSync } from "node:fs";
import { freePort } from "@/tests/kit/free_port.ts";
import { type ServerProcess, startServer } from "@/tests/kit/server_process.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { type Pressure, sendRequests, type Target } from "./load.ts";

/** Pins a process to cores; where it is missing, the system places the processes. */
const TASKSET = "/usr/bin/taskset";

const SERVER_CORE = "0";
const LOAD_CORE = "1";

/** A server under test in a process of its own. */
export interface BenchServer extends AsyncDisposable {
  readonly port: number;
  readonly process: ServerProcess;
}

/**
 * Runs a module as a server on a core of its own. It is told where to listen by its one argument,
 * a port of the loopback interface.
 */
export async function serveModule(
  module: string,
  { args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> } = {},
): Promise<BenchServer> {
  const port = freePort();
  const command = [Deno.execPath(), "run", "-A", module, String(port), ...args];
  const [program = "", ...rest] = existsSync(TASKSET)
    ? [TASKSET, "-c", SERVER_CORE, ...command]
    : command;
  const process = await startServer({ program, args: rest, env, ready: { port } });
  return { port, process, [Symbol.asyncDispose]: () => process.kill() };
}

/** Length of the kernel's clock ticks in `/proc`, the same on every Linux of today. */
const SECONDS_PER_TICK = 0.01;

/** Places of the times in user and in kernel mode after the name of the program. */
const USER_TICKS = 11;
const KERNEL_TICKS = 12;

/** What a process and all its threads have used of the processor so far, in seconds. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[USER_TICKS]) + Number(fields[KERNEL_TICKS])) * SECONDS_PER_TICK;
}

/**
 * How many requests a server answers in a second of processor time: what it would answer in a
 * second on a core that it has for itself, however busy this machine is with other things. Linux
 * alone tells it.
 */
export async function requestsPerCpuSecond(
  server: BenchServer,
  target: Omit<Target, "port">,
  pressure: Pressure,
): Promise<number> {
  const before = await cpuSeconds(server.process.pid);
  const { count } = await sendRequests({ ...target, port: server.port }, pressure);
  return count / (await cpuSeconds(server.process.pid) - before);
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
 * Starts a bare `Deno.serve` that gives the very answer that `target` gives now: the fastest that
 * any framework could be here.
 */
export async function serveBareTwin(target: Target): Promise<BenchServer> {
  const response = await fetch(`http://127.0.0.1:${target.port}${target.path}`, {
    headers: target.headers ?? {},
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
