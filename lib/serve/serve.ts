import type { Settings } from "@/lib/settings.ts";
import { closeConnections, type Ending, endInOrder } from "./ending.ts";
import { assertPortFree } from "./port.ts";
import { RequestCount } from "./request_count.ts";
import { onEndSignal, onOrphaned } from "./signals.ts";
import { isFurtherThread, tellStarter, Thread } from "./thread.ts";

/** How a process serves. */
export interface Serving {
  readonly settings: Pick<Settings, "host" | "port" | "database" | "threads">;
  /** The process that this one must not outlive, if there is one. */
  readonly parent: number | undefined;
  readonly ending: Ending;
}

/**
 * Serves with one or more threads until the process is told to end, then ends it in order. A second
 * signal ends it at once.
 *
 * @param entry `import.meta.url` of the calling module, in each thread
 * @throws {TaskError} if the server cannot listen.
 */
export async function serve(
  handler: Deno.ServeHandler,
  entry: string,
  serving: Serving,
): Promise<void> {
  if (isFurtherThread()) {
    serveInThread(handler, serving);
    return;
  }
  // Threads share a port with `reusePort`, so another process could share it too and take some of
  // the requests.
  await assertPortFree(serving.settings);
  const server = listen(handler, serving);
  const others: Thread[] = [];
  // First of all: a signal before this would end the process without answering requests.
  endOnRequest(server, others, serving);
  while (others.length < countThreads(serving) - 1) {
    const thread = new Thread(entry);
    thread.failed.then((error) => endAfterFailure(error, serving));
    others.push(thread);
  }
}

function endOnRequest(
  server: Server,
  others: readonly Thread[],
  { ending, parent }: Serving,
): void {
  let requests = 0;
  const end = async () => {
    if (++requests > 1) Deno.exit(1);
    await Promise.all([
      endInOrder(ending, server.finish),
      ...others.map((thread) => thread.end()),
    ]);
    Deno.exit(0);
  };
  onEndSignal(end);
  if (parent !== undefined) onOrphaned(parent, () => requests === 0 && end());
}

function serveInThread(handler: Deno.ServeHandler, serving: Serving): void {
  const server = listen(handler, serving);
  addEventListener("message", async () => {
    await endInOrder(serving.ending, server.finish);
    tellStarter("ended");
  });
  tellStarter("serving");
}

function endAfterFailure(error: Error, { ending: { log } }: Serving): void {
  log.fatal({ err: error }, "A thread of the server has failed");
  log.flush();
  Deno.exit(1);
}

/** A thread's part of the server. */
interface Server {
  /** Stops listening. Resolves when all requests are answered. */
  readonly finish: () => Promise<void>;
}

/** Requests with these methods have no body. */
const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

function listen(handler: Deno.ServeHandler, serving: Serving): Server {
  const { settings: { host: hostname, port }, ending } = serving;
  const bodies = new RequestCount();
  const closing = closeConnections(handler, ending.begun.signal);
  const server = Deno.serve(
    { hostname, port, reusePort: countThreads(serving) > 1, onListen() {} },
    (request, info) => {
      if (!BODILESS.has(request.method)) bodies.follow(info);
      return closing(request, info);
    },
  );
  return {
    async finish() {
      // Deno stops handing over bodies once its server shuts down.
      await bodies.none();
      await server.shutdown();
    },
  };
}

/** An embedded database belongs to one thread, and only Linux spreads connections over threads. */
function countThreads({ settings: { database, threads } }: Serving): number {
  return database.kind === "postgres" && Deno.build.os === "linux" ? threads : 1;
}
