import type { Page } from "playwright-core";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { inviteUser } from "@/lib/domain/accounts/invitations.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { STATUS_REASON_MAX_CHARS, USERNAME_MAX_CHARS } from "@/lib/shared/limits.ts";
import type { Stage } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";
import { LONGEST_EMAIL, LONGEST_NAME, LONGEST_PROFILE } from "./longest.ts";
import { OPENED } from "./opened.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

/** How a place is displayed. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
  /** Forced colours, as in Windows' contrast themes. */
  readonly forcedColors?: "active";
}

/** A phone and a desktop, each in both colour modes. */
export const LOOKS: readonly Look[] = [[360, 740], [1440, 900]].flatMap(([width = 0, height = 0]) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, height, colorScheme }))
);

/** Both widths and both colour modes in two looks, in turn one pair of {@linkcode LOOKS} and the other. */
const PAIRS = [[LOOKS[0]!, LOOKS[3]!], [LOOKS[1]!, LOOKS[2]!]] as const;

/**
 * Returns the looks of a place by its number. Each place is seen narrow, wide, light and dark, and
 * what all places share in all four looks.
 */
export function looksOf(index: number): readonly Look[] {
  return PAIRS[index % PAIRS.length]!;
}

/** Displays the current page as `look` says. */
export async function applyLook({ page }: Stage, look: Look): Promise<void> {
  const { width, height, colorScheme, forcedColors = "none" } = look;
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme, forcedColors });
}

/** Returns the elements that make the page wider than the screen. */
export async function findOverflow(page: Page): Promise<string[]> {
  const excess = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  return excess === 0 ? [] : [`${excess} px too wide`];
}

/** Lists cut texts without the whole text in a title. */
export function findCutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("body *")].flatMap((element) => {
      const { overflowX, overflowY } = getComputedStyle(element);
      const isCut =
        /hidden|clip/.test(overflowX) && element.scrollWidth > element.clientWidth + 1 ||
        /hidden|clip/.test(overflowY) && element.scrollHeight > element.clientHeight + 1;
      const text = element.innerText?.trim() ?? "";
      const isSeen = element.clientWidth > 1 && element.checkVisibility();
      return isCut && isSeen && text !== "" && element.title !== text
        ? [`cut off: ${element.tagName} ${element.className} "${text.slice(0, 40)}"`]
        : [];
    })
  );
}

/** Takes the browser's messages, except those about pages that are to answer with an error. */
export function unexpected(faults: string[]): string[] {
  return faults.splice(0).filter((it) => !/with a status of (401|404|409)/.test(it));
}

/** Pages for signed-out visitors. */
export const PUBLIC_PATHS = [
  "/login",
  "/register",
  "/verify_email",
  "/verify_email?token=x",
  "/forgot_password",
  "/passkey_login",
  "/reset_password?token=x",
  "/accept_invitation?token=x",
  "/unlock_account?token=x",
  "/change_email",
  "/undo_email_change?token=x",
  "/restore_account?token=x",
  "/nothing",
];

/** Pages about the own account. */
export const OWN_PATHS = [
  "/profile",
  "/change_password",
  "/security",
  "/download_data",
  "/leave",
  "/recovery_codes",
  "/turn_off_two_factor",
  "/passkeys",
  "/remove_password",
  "/step_up",
  "/sessions",
  "/activity",
  "/api_keys",
];

/** Adds an e-mail that the mail server has refused. */
async function addFailedEmail({ services: { db } }: Stage["app"]): Promise<void> {
  const tomorrow = new Date(Date.now() + 24 * 3_600_000);
  await db.insertInto("jobs").values({
    kind: "letter",
    payload: JSON.stringify({
      about: "forgotten",
      to: LONGEST_EMAIL,
      at: new Date().toISOString(),
    }),
    attempts: 3,
    last_error: "550 5.1.1 <" + LONGEST_EMAIL + ">: Recipient address rejected: user unknown",
    run_at: tomorrow,
    expires_at: tomorrow,
  }).execute();
}

/** Opens every page and its modals in turn. Error pages make the browser complain. */
export async function visitPlaces(
  stage: Stage,
  visitIn: (place: string, looks: readonly Look[]) => Promise<void>,
): Promise<void> {
  const { app, context } = stage;
  let visited = 0;
  const visit = (place: string) => visitIn(place, looksOf(visited++));
  for (const path of PUBLIC_PATHS) {
    await openPath(stage, path);
    await visit(path);
  }
  const admin = await addAdmin(app, LONGEST_NAME);
  const longest = await addPerson(app, "y".repeat(USERNAME_MAX_CHARS), {
    email: LONGEST_EMAIL,
    status: "suspended",
    status_reason: "r".repeat(STATUS_REASON_MAX_CHARS),
  });
  await inTransaction(
    app.services.db,
    (tx) => upsertUserProfile(tx, longest.user_id, LONGEST_PROFILE),
  );
  const { user_id } = await addPerson(app, "grace", { status: "suspended", status_reason: "Spam" });
  await addPerson(app, "ada", { locked_until: new Date(Date.now() + 3_600_000) });
  // A session of another browser, which can be ended.
  await signedIn(app, admin);
  await signInBrowser(stage, admin);
  const { user_id: deleted } = await addPerson(app, "joan");
  await deleteUser(app.services, { kind: "task", name: "test" }, deleted);
  await inviteUser(app.services, { kind: "task", name: "test" }, {
    email: LONGEST_EMAIL,
    role: "admin",
  });
  await addFailedEmail(app);
  const paths = [
    "/admin",
    "/user_list",
    "/user_list?q=nobody",
    "/deleted_users",
    "/export_users?role=user&q=a",
    "/import_users",
    "/user_views?query=role%3Duser",
    "/invitations",
    "/emails",
    "/settings",
    "/bulk_jobs",
    "/audit_log",
    "/audit_log?text=nothing",
    ...OWN_PATHS,
    `/api_keys?user_id=${user_id}`,
    `/edit_user?user_id=${user_id}`,
    `/delete_user?user_id=${user_id}`,
    `/user?user_id=${user_id}`,
    `/user?user_id=${longest.user_id}`,
    `/user?user_id=${deleted}`,
    `/demand_password?user_id=${user_id}`,
    `/tag_user?user_id=${user_id}`,
    `/write_note?user_id=${user_id}`,
    "/nothing",
  ];
  for (const path of paths) {
    await openPath(stage, path);
    await visit(path);
  }
  for (const [name, open] of Object.entries(OPENED)) {
    await open(stage);
    await visit(name);
  }
  await context.clearCookies();
}
