import { setTimeout as pause } from "node:timers/promises";
/** A program that serves until it is stopped. */
export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** The account it runs as. Default: that of the test run. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The server is ready when this port listens, when it answers at this URL, or when it writes this. */
  readonly ready: { readonly port: number } | { readonly url: string } | {
    readonly output: RegExp;
  };
}

/** A running {@linkcode ServerCommand}. */
export interface ServerProcess {
  readonly pid: number;
  /** Returns its output so far, stdout and stderr in order of arrival. */
  output(): string;
  /** Resolves when the process has ended. */
  readonly ended: Promise<Deno.CommandStatus>;
  /** Sends a signal to it and its children, and waits until it has ended. */
  kill(signal?: Deno.Signal): Promise<void>;
}

const POLL_MS = 20;

/**
 * Starts a server and waits until it is ready.
 *
 * @throws {Error} with its output, if it ends before.
 */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const child = new Deno.Command(command.program, {
    args: [...command.args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...(command.env && { env: command.env }),
    ...(command.cwd && { cwd: command.cwd }),
    ...command.user,
  }).spawn();
  const output = collectOutput(child);
  const server: ServerProcess = {
    pid: child.pid,
    output: output.text,
    ended: child.status,
    async kill(signal = "SIGTERM") {
      for (const pid of [...descendants(child.pid), child.pid]) send(pid, signal);
      await Promise.all([child.status, output.closed]);
    },
  };
  await untilReady(server, output, command);
  return server;
}

interface Output {
  text(): string;
  /** Resolves when the output matches. */
  matches(pattern: RegExp): Promise<void>;
  readonly closed: Promise<unknown>;
}

function collectOutput(child: Deno.ChildProcess): Output {
  let text = "";
  const waiting: { pattern: RegExp; resolve: () => void }[] = [];
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      waiting.filter(({ pattern }) => pattern.test(text)).forEach(({ resolve }) => resolve());
    }
  };
  return {
    text: () => text,
    matches(pattern) {
      if (pattern.test(text)) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ pattern, resolve });
      return promise;
    },
    closed: Promise.all([collect(child.stdout), collect(child.stderr)]),
  };
}

async function untilReady(
  server: ServerProcess,
  output: Output,
  { program, ready }: ServerCommand,
): Promise<void> {
  let ended = false;
  const gone = server.ended.then(async ({ code, signal }) => {
    ended = true;
    await output.closed;
    throw new Error(
      `${program} ended with ${signal ?? code} before it was ready:\n${output.text()}`,
    );
  });
  const isReady = () => {
    if ("output" in ready) return output.matches(ready.output);
    if ("url" in ready) return untilItWorks(() => answers(ready.url), () => ended);
    return untilItWorks(() => listens(ready.port), () => ended);
  };
  await Promise.race([isReady(), gone]);
  // From here on, the caller handles the end.
  gone.catch(() => undefined);
}

/** Tries again and again, until it no longer fails. */
async function untilItWorks(attempt: () => Promise<void>, givenUp: () => boolean): Promise<void> {
  while (!givenUp()) {
    try {
      return await attempt();
    } catch {
      await pause(POLL_MS);
    }
  }
}

async function listens(port: number): Promise<void> {
  (await Deno.connect({ hostname: "127.0.0.1", port })).close();
}

/**
 * Fails until an HTTP server answers. A server that first tries whether its port is free listens for
 * a moment before it serves, so that a connection alone shows nothing.
 */
async function answers(url: string): Promise<void> {
  await (await fetch(url)).body?.cancel();
}

function send(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error;
  }
}

/** Lists all descendants, deepest first. Without `/proc` the list is empty. */
function descendants(pid: number): number[] {
  try {
    const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`)
      .split(" ").filter(Boolean).map(Number);
    return children.flatMap((child) => [...descendants(child), child]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
