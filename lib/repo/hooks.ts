import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { UserEventKind } from "@/lib/db/schema.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { Logger } from "@/lib/log.ts";
import { lockOpenEvent, markEventDone, markEventFailed, type UserEvent } from "./user_events.ts";
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
   * Runs the hooks of all events that are due: call it after each commit that added one, at start
   * and every minute. Never throws; what fails is logged and stays open for later.
   */
  runOpenEvents(): Promise<void>;
}

/**
 * Makes a runner for `hooks`. Several processes may have one: each event is worked on by one at a
 * time.
 */
export function createHookRunner(db: Db, log: Logger, hooks: readonly Hook[]): HookRunner {
  let running = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return {
    // One run at a time. Who comes while one runs shares the next, which sees their event for
    // certain: when the promise resolves, the hooks have been called.
    runOpenEvents() {
      return waiting ??= running.then(() => {
        waiting = undefined;
        return running = drain(db, log, hooks);
      });
    },
  };
}

async function drain(db: Db, log: Logger, hooks: readonly Hook[]): Promise<void> {
  try {
    while (await inTransaction(db, (tx) => runNextEvent(tx, log, hooks)));
  } catch (error) {
    log.error({ err: error }, "Open events could not be read; they wait for the next run");
  }
}

/** Says whether there was an event. */
async function runNextEvent(tx: Tx, log: Logger, hooks: readonly Hook[]): Promise<boolean> {
  const event = await lockOpenEvent(tx);
  if (!event) return false;
  const failures: string[] = [];
  for (const hook of hooks.filter(({ on }) => on === event.kind)) {
    const error = await runHook(tx, hook, event);
    if (error === undefined) continue;
    log.error({ err: error, hook: hook.name, event: event.id }, "Hook failed; it is tried again");
    failures.push(`${hook.name}: ${error.message}`);
  }
  if (failures.length === 0) await markEventDone(tx, event.id);
  else await markEventFailed(tx, event.id, failures.join("; "));
  return true;
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
