import type { Logger } from "@/lib/log.ts";
import type { Strength } from "@/lib/shared/strength.ts";
import { inTime } from "@/lib/time_limit.ts";
import { WorkQueue } from "@/lib/work_queue.ts";
import { startWorker } from "@/lib/worker.ts";
import type { JudgeRequest } from "./strength_worker.ts";

/** Passwords that may wait to be judged before newcomers are sent away. */
const MAX_WAITING = 200;
/** Those of one client among them: the others are to get their turn within seconds. */
const MAX_WAITING_EACH = 50;

/** Time to load the dictionaries, and many times what the worst password takes on busy cores. */
const LIMITS: JudgeLimits = { startMs: 60_000, judgeMs: 10_000 };

/** How long each step may take, in milliseconds. */
export interface JudgeLimits {
  readonly startMs: number;
  readonly judgeMs: number;
}

/** Judges passwords, one at a time. */
export interface PasswordJudge {
  /**
   * How hard a password is to guess; `undefined` if that could not be found out in time.
   *
   * @param userInputs What an attacker tries first: the user's own names and address, and the
   * site's.
   * @param client who asks
   * @throws {QueueFullError} when too many wait already.
   */
  judge(
    password: string,
    userInputs: readonly string[],
    client: string,
  ): Promise<Strength | undefined>;
  /** Ends the thread, if there is one. */
  close(): void;
}

/**
 * A judge in a thread of its own, so that no password keeps the event loop busy. The thread starts
 * with the first password. If it fails or takes too long it is ended, and the next password starts
 * another one.
 *
 * @param start what starts the thread
 */
export function createPasswordJudge(
  log: Pick<Logger, "warn">,
  start: () => Worker = () => startWorker("strength", import.meta.url),
  limits: JudgeLimits = LIMITS,
): PasswordJudge {
  const queue = new WorkQueue(1, MAX_WAITING, MAX_WAITING_EACH);
  let thread: Worker | undefined;

  function close(): void {
    thread?.terminate();
    thread = undefined;
  }

  async function judge(request: JudgeRequest): Promise<Strength | undefined> {
    try {
      if (!thread) {
        thread = start();
        // Whatever it says first means that it has loaded its dictionaries.
        await inTime(limits.startMs, nextMessage(thread));
      }
      thread.postMessage(request);
      return await inTime(limits.judgeMs, nextMessage<Strength>(thread));
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
      // Or this process would end with the thread.
      event.preventDefault();
      reject(new Error(event.message));
    };
  });
}
