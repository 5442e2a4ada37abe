import type { Hook } from "@/lib/repo/hooks.ts";

/**
 * Hooks of your product that run when a user was created or deleted. The server and all tasks run
 * them after the commit, and repeat them after a failure or crash until they succeed.
 */
export const APPLICATION_HOOKS: readonly Hook[] = [];
