import { Buffer } from "node:buffer";
import {
  API_KEY_NAME_MAX_CHARS,
  FULL_NAME_MAX_CHARS,
  PASSKEY_NAME_MAX_CHARS,
  USERNAME_MAX_CHARS,
} from "@/lib/shared/limits.ts";
import type { Stage } from "@/tests/kit/browser.ts";
import { PASSWORD } from "@/tests/kit/people.ts";
import { codeOf } from "@/tests/kit/second_factor.ts";
import { redAndBlue } from "@/tests/storage/pictures.ts";
import { LONGEST_EMAIL, LONGEST_NAME } from "./longest.ts";
import { openModal, openPath } from "./sign_in.ts";

/** What an admin of the longest name opens on a page, with its name in reports. */
export const OPENED: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
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
  const { id: user_id } = await db.selectFrom("users").select("id").where(
    "username",
    "=",
    LONGEST_NAME,
  )
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
  const text =
    `${"c".repeat(100)},E-Mail,Username,Full name\n1,${LONGEST_EMAIL.replace(/^y/, "z")},zora,` +
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
  await page.getByLabel("Username or e-mail address").fill(LONGEST_NAME);
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
  await page.getByLabel("Username or e-mail address").fill(LONGEST_NAME);
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
