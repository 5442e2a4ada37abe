import type { Logger } from "@/lib/log.ts";
import { inTime } from "@/lib/time_limit.ts";
import { WorkQueue } from "@/lib/work_queue.ts";
import { startWorker } from "@/lib/worker.ts";
import type { Judgement, JudgeRequest } from "./strength_worker.ts";

/** Passwords that may wait. More are refused. */
const MAX_WAITING = 200;
/** How many of them one client may have, so that the others get their turn within seconds. */
const MAX_WAITING_EACH = 50;

/** Time to load the dictionaries, and many times what the slowest password takes on busy cores. */
const LIMITS: JudgeLimits = { startMs: 60_000, judgeMs: 10_000 };

/** How long each step may take, in milliseconds. */
export interface JudgeLimits {
  readonly startMs: number;
  readonly judgeMs: number;
}

/** Scores passwords, one at a time. */
export interface PasswordJudge {
  /**
   * Returns how hard a password is to guess, or `undefined` if that took too long or failed.
   *
   * @param userInputs what an attacker tries first: names and address of the user, and the site's
   * name
   * @param client who asks
   * @throws {QueueFullError} when too many are waiting.
   */
  judge(
    password: string,
    userInputs: readonly string[],
    client: string,
  ): Promise<Judgement | undefined>;
  /** Ends the thread, if there is one. */
  close(): void;
}

/**
 * Creates a judge in a separate thread, so that no password blocks the event loop. The thread
 * starts with the first password. If it fails or takes too long, it is ended and the next password
 * starts another.
 *
 * @param start starts the thread
 */
export function createPasswordJudge(
  log: Pick<Logger, "warn">,
  start: () => Worker = () => startWorker("strength", import.meta.url),
  limits: JudgeLimits = LIMITS,
): PasswordJudge {
  const queue = new WorkQueue(1, MAX_WAITING, MAX_WAITING_EACH);
  let thread: Worker | undefined;

  function close(): void {
    // Deno lets a busy thread finish its password first.
    thread?.terminate();
    thread = undefined;
  }

  async function judge(request: JudgeRequest): Promise<Judgement | undefined> {
    try {
      if (!thread) {
        thread = start();
        // Its first message means that the dictionaries are loaded.
        await inTime(limits.startMs, nextMessage(thread));
      }
      thread.postMessage(request);
      return await inTime(limits.judgeMs, nextMessage<Judgement>(thread));
    } catch (error) {
      log.warn({ err: error }, "A password could not be judged");
      close();
      return undefined;
    }
  }

  return {
    judge: (password, userInputs, client) =>
      queue.run(() => judge({ password, userInputs }), client),
    close,
  };
}

function nextMessage<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<T>) => resolve(data);
    worker.onerror = (event) => {
      // Otherwise the error would end this process.
      event.preventDefault();
      reject(new Error(event.message));
    };
  });
}
