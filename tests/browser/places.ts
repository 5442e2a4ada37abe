import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { inviteUser } from "@/lib/domain/accounts/invitations.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import {
  ADDRESS_MAX_CHARS,
  API_KEY_NAME_MAX_CHARS,
  BIO_MAX_CHARS,
  FULL_NAME_MAX_CHARS,
  PASSKEY_NAME_MAX_CHARS,
  PHONE_MAX_CHARS,
  STATUS_REASON_MAX_CHARS,
  USERNAME_MAX_CHARS,
  WEBSITE_MAX_CHARS,
  ZIPCODE_MAX_CHARS,
} from "@/lib/shared/limits.ts";
import type { Stage } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { redAndBlue } from "@/tests/storage/pictures.ts";
import { codeOf } from "@/tests/kit/second_factor.ts";
import { openModal, openPath, signInBrowser } from "./sign_in.ts";

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

/** A name of the greatest length, without a place to break. */
const ADMIN = `admin${"x".repeat(USERNAME_MAX_CHARS - "admin".length)}`;

const EMAIL = `${"y".repeat(64)}@${`${"y".repeat(60)}.`.repeat(3)}org`;

/** The longest profile, also without a place to break. */
export const LONGEST_PROFILE = {
  full_name: "N".repeat(FULL_NAME_MAX_CHARS),
  bio: "b".repeat(BIO_MAX_CHARS),
  address: "a".repeat(ADDRESS_MAX_CHARS),
  zipcode: "1".repeat(ZIPCODE_MAX_CHARS),
  phone: "1".repeat(PHONE_MAX_CHARS),
  email: EMAIL,
  website: "https://example.org/".padEnd(WEBSITE_MAX_CHARS, "w"),
};

/** What an admin opens on a page, with its name in reports. */
const OPENED: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  "the modal that edits": (stage) => openModalOn(stage, "/user_list", "Edit grace"),
  "the modal that deletes": (stage) => openModalOn(stage, "/user_list", "Delete grace"),
  "the modal that suspends": async (stage) => {
    await openPath(stage, "/user_list");
    await stage.page.getByRole("switch", { name: "ada" }).click();
    await stage.page.getByRole("dialog").waitFor();
  },
  "the question before changes are discarded": async (stage) => {
    await openModalOn(stage, "/user_list", "Edit grace");
    await stage.page.getByLabel("Full name").fill("Grace Hopper");
    await stage.page.keyboard.press("Escape");
    await stage.page.getByRole("dialog", { name: "Discard your changes?" }).waitFor();
  },
  "the form that meets another change": openConflict,
  "the way back to a form after signing in": openKeptForm,
  "the modal of the own profile": (stage) => openModalOn(stage, "/profile", "Edit profile"),
  "the cropper": openCropper,
  "the account menu": (stage) => openMenu(stage, "Account of"),
  "the navigation of a phone": async (stage) => {
    await stage.page.setViewportSize({ width: 360, height: 740 });
    await openMenu(stage, "Navigation");
  },
  "the copied link of an invitation": async (stage) => {
    await openPath(stage, "/invitations");
    await stage.page.getByRole("button", { name: "Copy the link" }).click();
    await stage.page.getByLabel("Link of the invitation").waitFor();
  },
  "the acceptance of an invitation": openAcceptance,
  "the setup of an authenticator": openSetup,
  "a list of passkeys": openPasskeys,
  "a step-up by passkey": (stage) => openPath(stage, "/step_up"),
  "the recovery codes": openRecoveryCodes,
  "a new API key": openNewKey,
  "the columns of a file of users": openImport,
  "what would become of a file of users": async (stage) => {
    await openImport(stage);
    await stage.page.getByRole("button", { name: "Check the rows" }).click();
    await stage.page.getByRole("button", { name: /^Import \d/ }).waitFor();
  },
  "the second step of a sign-in": openSecondStep,
};

async function openAcceptance(stage: Stage): Promise<void> {
  const { page } = stage;
  await openPath(stage, "/invitations");
  await page.getByRole("button", { name: "Copy the link" }).click();
  await openPath(stage, await page.getByLabel("Link of the invitation").inputValue());
  await page.getByRole("button", { name: "Create account" }).waitFor();
}

async function openCropper(stage: Stage): Promise<void> {
  await openModalOn(stage, "/profile", "Edit profile");
  const picture = { name: "a.png", mimeType: "image/png", buffer: await redAndBlue("png") };
  await stage.page.getByLabel("Picture", { exact: true }).setInputFiles(picture);
  await stage.page.getByRole("application").waitFor();
}

/** Sends the page that edits grace, after `meanwhile` was called with her id. */
async function sendEdit(
  stage: Stage,
  meanwhile: (user_id: number) => Promise<unknown>,
): Promise<void> {
  const { page } = stage;
  await openPath(stage, "/user_list");
  const href = await page.getByRole("link", { name: "Edit grace" }).getAttribute("href") ?? "";
  await openPath(stage, href);
  await meanwhile(Number(new URLSearchParams(href.split("?")[1]).get("user_id")));
  await page.getByLabel("About").fill("Mine");
  await page.getByRole("button", { name: "Save changes" }).click();
}

async function openPasskeys(stage: Stage): Promise<void> {
  const { services: { db } } = stage.app;
  const { id: user_id } = await db.selectFrom("users").select("id").where("username", "=", ADMIN)
    .executeTakeFirstOrThrow();
  for (const [index, name] of ["Apple Passwords", "N".repeat(PASSKEY_NAME_MAX_CHARS)].entries()) {
    await db.insertInto("passkeys").values({
      user_id,
      credential_id: name,
      public_key: "",
      counter: 0,
      transports: "",
      name,
      synced: index === 0,
      last_used_at: index === 0 ? new Date() : null,
    }).execute();
  }
  await openPath(stage, "/passkeys");
  await stage.page.getByText("Rename").first().click();
}

async function openSetup(stage: Stage): Promise<void> {
  await openPath(stage, "/security");
  await stage.page.getByRole("button", { name: "Set up an authenticator" }).click();
  await stage.page.getByRole("img", { name: "QR code" }).waitFor();
}

async function openRecoveryCodes(stage: Stage): Promise<void> {
  const { page } = stage;
  await openSetup(stage);
  const link = await page.getByRole("link", { name: "Open the authenticator" }).getAttribute(
    "href",
  );
  const secret = new URL(link!).searchParams.get("secret")!;
  await page.getByLabel("Code of your authenticator").fill(await codeOf(secret));
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByRole("button", { name: "Print" }).waitFor();
}

async function openImport({ page, ...stage }: Stage): Promise<void> {
  await openPath({ page, ...stage }, "/import_users");
  const text = `${"c".repeat(100)},E-Mail,Username,Full name\n1,${EMAIL.replace(/^y/, "z")},zora,` +
    `${"N".repeat(FULL_NAME_MAX_CHARS)}\n2,nowhere,${"z".repeat(USERNAME_MAX_CHARS)},Zoe\n`;
  const file = { name: "users.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
  await page.getByLabel("File").setInputFiles(file);
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByRole("button", { name: "Check the rows" }).waitFor();
}

async function openNewKey(stage: Stage): Promise<void> {
  const { page } = stage;
  await openPath(stage, "/api_keys");
  await page.getByLabel("Name", { exact: true }).fill("n".repeat(API_KEY_NAME_MAX_CHARS));
  await page.getByLabel("See all users").check();
  await page.getByRole("button", { name: "Make the key" }).click();
  await page.getByText("It is not shown again").waitFor();
}

async function openSecondStep(stage: Stage): Promise<void> {
  const { page, context } = stage;
  await context.clearCookies();
  await openPath(stage, "/login");
  await page.getByLabel("Username or e-mail address").fill(ADMIN);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Two-factor sign-in" }).waitFor();
}

async function openConflict(stage: Stage): Promise<void> {
  const { page, context } = stage;
  const headers = { "sec-fetch-site": "same-origin" };
  await sendEdit(
    stage,
    (user_id) => context.request.put("/edit_user", { headers, data: { user_id, bio: "Theirs" } }),
  );
  await page.getByText("Theirs:").waitFor();
}

async function openKeptForm(stage: Stage): Promise<void> {
  const { page, app } = stage;
  await sendEdit(stage, () => app.services.db.deleteFrom("sessions").execute());
  await page.getByLabel("Username or e-mail address").fill(ADMIN);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Back to the form" }).waitFor();
}

async function openModalOn(stage: Stage, path: string, link: string): Promise<void> {
  await openPath(stage, path);
  await openModal(stage.page, link);
}

async function openMenu(stage: Stage, button: string): Promise<void> {
  await openPath(stage, "/profile");
  await stage.page.getByRole("button", { name: button }).click();
  await stage.page.locator(":popover-open").waitFor();
}

/** Adds an e-mail that the mail server has refused. */
async function addFailedEmail({ services: { db } }: Stage["app"]): Promise<void> {
  const tomorrow = new Date(Date.now() + 24 * 3_600_000);
  await db.insertInto("jobs").values({
    kind: "letter",
    payload: JSON.stringify({ about: "forgotten", to: EMAIL, at: new Date().toISOString() }),
    attempts: 3,
    last_error: "550 5.1.1 <" + EMAIL + ">: Recipient address rejected: user unknown",
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
  const admin = await addAdmin(app, ADMIN);
  const longest = await addPerson(app, "y".repeat(USERNAME_MAX_CHARS), {
    email: EMAIL,
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
    email: EMAIL,
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
