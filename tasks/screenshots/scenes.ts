import type { Page } from "playwright-core";
import { SETUP_TOKEN } from "@/tests/kit/app.ts";

/** A page in a certain state. */
export interface Scene {
  readonly path: string;
  /** `newcomer`: an installation without an admin. */
  readonly as: "newcomer" | "stranger" | "admin";
  /** Prepares the page before the picture. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** All scenes by name. */
export const SCENES: Readonly<Record<string, Scene>> = {
  admin: { path: "/admin", as: "admin" },
  login: { path: "/login", as: "stranger" },
  login_refused: { path: "/login", as: "stranger", prepare: signInWrongly },
  register: { path: "/register", as: "stranger", prepare: typeHalfStrongPassword },
  register_refused: { path: "/register", as: "stranger", prepare: registerBadly },
  verify: { path: "/verify_email?token=sample", as: "stranger" },
  setup: { path: `/setup?token=${SETUP_TOKEN}`, as: "newcomer" },
  setup_hint: { path: "/login", as: "newcomer" },
  profile: { path: "/profile", as: "admin" },
  profile_edit: {
    path: "/profile",
    as: "admin",
    prepare: (page) => openModal(page, "Edit profile"),
  },
  account_menu: { path: "/profile", as: "admin", prepare: openAccountMenu },
  change_password: { path: "/change_password", as: "admin" },
  security: { path: "/security", as: "admin" },
  security_set_up: { path: "/security", as: "admin", prepare: beginSetup },
  step_up: { path: "/step_up", as: "admin" },
  activity: { path: "/activity", as: "admin" },
  sessions: { path: "/sessions", as: "admin" },
  user_list: { path: "/user_list?sort=-created_at", as: "admin" },
  user_list_empty: { path: "/user_list?q=nobody-at-all", as: "admin" },
  user_list_delete: {
    path: "/user_list?q=alva+spec",
    as: "admin",
    prepare: (page) => openModal(page, /^Delete alva/),
  },
  user_list_suspend: {
    path: "/user_list?sort=-created_at&status=active",
    as: "admin",
    prepare: openSuspendModal,
  },
  update_status: { path: "/update_status?user_id=6", as: "admin" },
  edit_user: { path: "/edit_user?user_id=6", as: "admin" },
  deleted_users: { path: "/deleted_users", as: "admin" },
  navigation: { path: "/user_list?role=admin", as: "admin", prepare: openNavigation },
  not_found: { path: "/nothing_here", as: "admin" },
};

async function beginSetup(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Set up an authenticator" }).click();
  await page.getByRole("img", { name: "QR code" }).waitFor();
}

async function signInWrongly(page: Page): Promise<void> {
  await page.getByLabel("Username or e-mail address").fill("sample.person");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
}

async function typeHalfStrongPassword(page: Page): Promise<void> {
  await page.getByLabel("Username").fill("sample.person");
  await page.getByLabel("E-mail address").fill("sample.person@example.org");
  await page.getByLabel("Password", { exact: true }).fill("summer evening 24");
  await page.locator(".meter-text strong").waitFor();
  await page.getByText("This address is free").waitFor();
}

async function registerBadly(page: Page): Promise<void> {
  await page.getByLabel("Username").fill("no spaces, please");
  await page.getByLabel("E-mail address").fill("nobody");
  await page.getByLabel("Password", { exact: true }).fill("12345678");
  await page.getByLabel("Password again").fill("12345678");
  // Otherwise the browser would refuse to send the form.
  await page.locator("form[action='/register']").evaluate((form: HTMLFormElement) => {
    form.noValidate = true;
  });
  await page.getByRole("button", { name: "Create account" }).click();
  await page.locator(".field-error").first().waitFor();
}

async function openAccountMenu(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Account of" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

/** On wide screens the navigation is always open. */
async function openNavigation(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: "Navigation" });
  if (await button.isVisible()) await button.click();
}

async function openSuspendModal(page: Page): Promise<void> {
  await page.getByRole("switch", { checked: true }).first().click();
  await page.locator("dialog[open]").waitFor();
}

async function openModal(page: Page, link: string | RegExp): Promise<void> {
  await page.getByRole("link", { name: link }).first().click();
  await page.locator("dialog[open]").waitFor();
}
