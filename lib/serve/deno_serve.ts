import { setTimeout as pause } from "node:timers/promises";
import { closeConnections, type Ending, endInOrder } from "./ending.ts";
import { RequestCount } from "./request_count.ts";
import { onEndSignal } from "./signals.ts";

/** Channel on which the threads of `deno serve --parallel` find each other. */
const CHANNEL = "roster ending";
const POLL_MS = 50;

/**
 * A thread's message: `busy` when it is told to end, and not `busy` when it has no more requests.
 */
interface Word {
  readonly thread: string;
  readonly busy: boolean;
}

/**
 * Ends a server under `deno serve` in order: all threads answer their requests before the process
 * ends. Deno itself stops listening at the first signal, so there is no notice, and a body that is
 * still arriving is lost. A second signal ends the process at once.
 */
export function endDenoServe(handler: Deno.ServeHandler, ending: Ending): Deno.ServeHandler {
  const requests = new RequestCount();
  const siblings = new Siblings();
  let ends = 0;
  onEndSignal(async () => {
    if (++ends > 1) Deno.exit(1);
    siblings.tell(true);
    await endInOrder({ ...ending, noticeMs: 0 }, async () => {
      await requests.none();
      siblings.tell(false);
      await siblings.none();
    });
    Deno.exit(0);
  });
  const closing = closeConnections(handler, ending.begun.signal);
  return (request, info) => {
    requests.follow(info);
    return closing(request, info);
  };
}

class Siblings {
  readonly #thread = crypto.randomUUID();
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #busy = new Set<string>();

  constructor() {
    this.#channel.addEventListener("message", ({ data }: MessageEvent<Word>) => {
      if (data.busy) this.#busy.add(data.thread);
      else this.#busy.delete(data.thread);
    });
  }

  tell(busy: boolean): void {
    this.#channel.postMessage({ thread: this.#thread, busy } satisfies Word);
  }

  async none(): Promise<void> {
    // The other threads get the same signal and say within moments that they are busy.
    do await pause(POLL_MS); while (this.#busy.size > 0);
  }
}
