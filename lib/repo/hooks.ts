import type { Tx } from "@/lib/db/database.ts";
import type { JobStep } from "./job_steps.ts";
import { deleteOrphanedUserProfile, insertDefaultUserProfile } from "./user_profiles.ts";

/** Work that follows when a user was created or deleted. */
export interface Hook {
  readonly name: string;
  readonly on: "created" | "deleted";
  /**
   * Runs after the commit, in a separate transaction. It may run again after a failure or a crash,
   * so a second run must change nothing. By then the user may be deleted or restored.
   */
  run(tx: Tx, userId: number): Promise<void>;
}

/** Creates the profile of a new user. */
export const createProfileByUser: Hook = {
  name: "createProfileByUser",
  on: "created",
  run: insertDefaultUserProfile,
};

/** Deletes the profile of a deleted user. */
const deleteProfileByUser: Hook = {
  name: "deleteProfileByUser",
  on: "deleted",
  run: deleteOrphanedUserProfile,
};

/** Hooks of every application. Its own run after them. */
export const BUILT_IN_HOOKS: readonly Hook[] = [createProfileByUser, deleteProfileByUser];

/**
 * Whether the application has its own hooks for such events. Code that writes many users at once
 * does the work of the built-in hooks itself, and adds jobs only if this is true.
 */
export function hasOwnHooks(hooks: readonly Hook[], on: Hook["on"]): boolean {
  return hooks.some((hook) => hook.on === on && !BUILT_IN_HOOKS.includes(hook));
}

/** Steps of the job that follows when a user was created or deleted. */
export function stepsOf(hooks: readonly Hook[], on: Hook["on"]): JobStep[] {
  return hooks.filter((hook) => hook.on === on).map((hook) => ({
    name: hook.name,
    async run(tx, { user_id }) {
      if (user_id !== null) await hook.run(tx, user_id);
    },
  }));
}
