import { sql } from "kysely";
import { type BatchLimits, inBatches } from "@/lib/batches.ts";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { UserEventKind } from "@/lib/db/schema.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { Logger } from "@/lib/log.ts";
import {
  lockEventsOfUser,
  lockOpenEvents,
  markEventFailed,
  markEventsDone,
  type UserEvent,
} from "./user_events.ts";
import { deleteOrphanedUserProfile, insertDefaultUserProfile } from "./user_profiles.ts";

/** Something that follows when a user was created or deleted. */
export interface Hook {
  readonly name: string;
  readonly on: UserEventKind;
  /**
   * Runs after the commit, within a transaction of its own; again after a failure or a crash, so
   * a second run must change nothing. The user may be gone, or back, by now.
   */
  run(tx: Tx, userId: number): Promise<void>;
}

/** Gives each new user a profile. */
export const createProfileByUser: Hook = {
  name: "createProfileByUser",
  on: "created",
  run: insertDefaultUserProfile,
};

/** Removes the profile of a user who is gone. */
export const deleteProfileByUser: Hook = {
  name: "deleteProfileByUser",
  on: "deleted",
  run: deleteOrphanedUserProfile,
};

/** The hooks that every application has; it registers its own behind them. */
export const BUILT_IN_HOOKS: readonly Hook[] = [createProfileByUser, deleteProfileByUser];

/** Runs the hooks. */
export interface HookRunner {
  /**
   * Whether the application has hooks of its own for such events. Whoever writes many users at once
   * does what the built-in hooks would do, and reports events only if this is true.
   */
  hasOwnHooks(kind: UserEventKind): boolean;
  /**
   * Runs the hooks of a user's events: call it after each commit that added one. Never throws; what
   * fails is logged and stays open for later.
   */
  runEventsOf(userId: number): Promise<void>;
  /**
   * Runs the hooks that a crash or a failure has left open and that are due, in batches, until
   * `signal` is aborted or a round is over: call it every minute. Never throws.
   */
  runOpenEvents(signal?: AbortSignal): Promise<void>;
}

/** The events of a batch share a transaction, which on the embedded database holds up the others. */
const ROUND: BatchLimits = { size: 100, count: 50 };

/**
 * Makes a runner for `hooks`. Several processes may have one: each event is worked on by one at a
 * time.
 */
export function createHookRunner(
  db: Db,
  log: Logger,
  hooks: readonly Hook[],
  limits: BatchLimits = ROUND,
): HookRunner {
  const run = (find: (tx: Tx) => Promise<UserEvent[]>) =>
    inTransaction(db, async (tx) => {
      const events = await find(tx);
      await runEvents(tx, log, hooks, events);
      return events.length;
    });
  const unlessItFails = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      log.error({ err: error }, "Open events could not be read; they wait for the next run");
    }
  };
  return {
    hasOwnHooks: (kind) => hooks.some((hook) => hook.on === kind && !BUILT_IN_HOOKS.includes(hook)),
    runEventsOf: (userId) => unlessItFails(run((tx) => lockEventsOfUser(tx, userId))),
    runOpenEvents: (signal = new AbortController().signal) =>
      unlessItFails(inBatches(limits, signal, (size) => run((tx) => lockOpenEvents(tx, size)))),
  };
}

async function runEvents(
  tx: Tx,
  log: Logger,
  hooks: readonly Hook[],
  events: readonly UserEvent[],
): Promise<void> {
  const done: number[] = [];
  for (const event of events) {
    const failures = await runHooks(tx, log, hooks.filter(({ on }) => on === event.kind), event);
    if (failures.length === 0) done.push(event.id);
    else await markEventFailed(tx, event.id, failures.join("; "));
  }
  await markEventsDone(tx, done);
}

/** Gives what those that failed have said. */
async function runHooks(
  tx: Tx,
  log: Logger,
  hooks: readonly Hook[],
  event: UserEvent,
): Promise<string[]> {
  const failures: string[] = [];
  for (const hook of hooks) {
    const error = await runHook(tx, hook, event);
    if (error === undefined) continue;
    log.error({ err: error, hook: hook.name, event: event.id }, "Hook failed; it is tried again");
    failures.push(`${hook.name}: ${error.message}`);
  }
  return failures;
}

/** A hook that fails takes back its own work alone. */
async function runHook(tx: Tx, hook: Hook, event: UserEvent): Promise<Error | undefined> {
  await sql`savepoint hook`.execute(tx);
  try {
    await hook.run(tx, event.user_id);
    await sql`release savepoint hook`.execute(tx);
  } catch (error) {
    await sql`rollback to savepoint hook`.execute(tx);
    return error instanceof Error ? error : new Error(String(error));
  }
}
