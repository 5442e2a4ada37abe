import type { Tx } from "@/lib/db/database.ts";
import type { JobStep } from "./job_runner.ts";
import { deleteOrphanedUserProfile, insertDefaultUserProfile } from "./user_profiles.ts";

/** Something that follows when a user was created or deleted. */
export interface Hook {
  readonly name: string;
  readonly on: "created" | "deleted";
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

/** The hooks that every application has; it registers its own after them. */
export const BUILT_IN_HOOKS: readonly Hook[] = [createProfileByUser, deleteProfileByUser];

/**
 * Whether the application has hooks of its own for such events. Code that writes many users at once
 * does what the built-in hooks would do, and adds jobs only if this is true.
 */
export function hasOwnHooks(hooks: readonly Hook[], on: Hook["on"]): boolean {
  return hooks.some((hook) => hook.on === on && !BUILT_IN_HOOKS.includes(hook));
}

/** What the job does that follows when a user was created or deleted. */
export function stepsOf(hooks: readonly Hook[], on: Hook["on"]): JobStep[] {
  return hooks.filter((hook) => hook.on === on).map((hook) => ({
    name: hook.name,
    async run(tx, { user_id }) {
      if (user_id !== null) await hook.run(tx, user_id);
    },
  }));
}
