import type { Hook } from "@/lib/repo/hooks.ts";

/**
 * What your product does when a user was created or deleted: add hooks here, and the server and all
 * tasks run them after the commit, again after a failure or a crash until they have succeeded.
 */
export const APPLICATION_HOOKS: readonly Hook[] = [];
