import { dueFactorOf } from "@/lib/domain/accounts/two_factor_policy.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { define } from "../define.ts";

/** Where somebody who has to set up a second factor can do so. */
const SET_UP = [
  "/security",
  "/set_up_two_factor",
  "/recovery_codes",
  "/passkeys",
  "/step_up",
  // Without a confirmed address there is nothing to set up.
  "/verify_email",
  "/stop_viewing",
  "/logout",
  "/color_mode",
];

/** What needs no session: its answer would be the same after signing out. */
const FOR_EVERYBODY = [
  "/login",
  "/two_factor",
  "/passkey_login",
  "/register",
  "/setup",
  "/forgot_password",
  "/reset_password",
  "/unlock_account",
  "/change_email",
  "/undo_email_change",
  "/accept_invitation",
  "/restore_account",
  "/healthz",
  "/readyz",
];

/** The paths that stay open to a user who has to set up a second factor. */
export const OPEN_PATHS: ReadonlySet<string> = new Set([...SET_UP, ...FOR_EVERYBODY]);

/**
 * Opens only {@linkcode OPEN_PATHS} and pictures to users from whom the policy asks for a second
 * factor that they do not have. Before its date, pages remind them.
 */
export const twoFactorPolicy = define.middleware(async (ctx) => {
  const { services, actor, viewer } = ctx.state;
  const due = await dueFactorOf(services, actor);
  if (!due) return await ctx.next();
  const { pathname } = ctx.url;
  if (due.isOver && !OPEN_PATHS.has(pathname) && !pathname.startsWith("/images/")) {
    throw new DomainError("two_factor_required");
  }
  if (viewer) {
    ctx.state.viewer = { ...viewer, factor_due: due.isOver ? null : due.from.toISOString() };
  }
  return await ctx.next();
});
