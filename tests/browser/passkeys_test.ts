/** Passkeys with Chromium's virtual authenticator, which verifies its user. */
import assert from "node:assert/strict";
import type { CDPSession } from "playwright-core";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addPerson, PASSWORD, type Person } from "@/tests/kit/people.ts";
import { ageProofs, turnOn } from "@/tests/kit/second_factor.ts";
import { passkeyOrigin } from "@/tests/kit/soft_passkey.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

const OPTIONS = {
  protocol: "ctap2",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

/** Gives the browser an authenticator without passkeys. */
async function plugIn({ context, page }: Stage): Promise<CDPSession> {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", { options: OPTIONS });
  return session;
}

/** Opens a page at the name of this machine that has passkeys. */
function open({ page, app }: Stage, path: string): Promise<void> {
  return openPath({ page }, `${passkeyOrigin(app)}${path}`);
}

async function signInHere(stage: Stage, person: Person): Promise<void> {
  await signInBrowser(stage, person, passkeyOrigin(stage.app));
}

/** Adds a passkey on the page of a user who is signed in. */
async function addHere(stage: Stage): Promise<void> {
  const { page } = stage;
  await open(stage, "/passkeys");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("The passkey is added").waitFor();
}

browserTest(
  "a passkey is added, renamed, signs in without a name, and is removed",
  async (stage) => {
    const { page, context } = stage;
    await plugIn(stage);
    await signInHere(stage, await addPerson(stage.app, "ana"));
    await open(stage, "/security");
    await page.getByRole("link", { name: "Add a passkey" }).click();
    await addHere(stage);
    await page.getByText("This device only").waitFor();
    await page.getByText("Rename").click();
    await page.getByLabel("Name").fill("My laptop");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("strong", { hasText: "My laptop" }).waitFor();

    await context.clearCookies();
    await open(stage, "/login?next=/security");
    await page.getByRole("link", { name: "Sign in with a passkey" }).click();
    await page.waitForURL("**/security");
    await open(stage, "/passkeys");
    await page.getByRole("button", { name: "Remove My laptop" }).click();
    await page.getByText("The passkey is removed").waitFor();
  },
);

browserTest("the same authenticator is told in friendly words that it has one", async (stage) => {
  await plugIn(stage);
  await signInHere(stage, await addPerson(stage.app, "ana"));
  await addHere(stage);
  const { page } = stage;
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("This device or password manager already has a passkey").waitFor();
  assert.equal(await page.getByText("This device only").count(), 1);
});

browserTest("a passkey is the second step, and proves its user again", async (stage) => {
  const { page, app, context } = stage;
  await plugIn(stage);
  const ana = await addPerson(app, "ana");
  await turnOn(app, ana);
  await signInHere(stage, ana);
  await addHere(stage);
  await context.clearCookies();
  await open(stage, "/login?next=/security");
  await page.getByLabel("Username").fill("ana");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/two_factor?next=%2Fsecurity");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL("**/security");
  await ageProofs(app, 16);
  await page.getByRole("link", { name: "Manage passkeys" }).click();
  await page.getByRole("heading", { name: "Confirm that it is you" }).waitFor();
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL("**/passkeys");
});

browserTest(
  "a form that waited for a step-up by passkey comes back with its input",
  async (stage) => {
    const { page, app } = stage;
    await plugIn(stage);
    await signInHere(stage, await addPerson(app, "ana"));
    await addHere(stage);
    await page.getByText("Rename").click();
    await page.getByLabel("Name").fill("My laptop");
    await ageProofs(app, 16);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Your input is kept").waitFor();
    stage.faults.splice(0);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("button", { name: "Back to the form" }).waitFor();
  },
);

browserTest("the password is removed and set again", async (stage) => {
  const { page } = stage;
  await plugIn(stage);
  await signInHere(stage, await addPerson(stage.app, "ana"));
  await addHere(stage);
  await open(stage, "/security");
  await page.getByRole("link", { name: "Remove password" }).click();
  await page.getByRole("button", { name: "Remove password" }).click();
  await page.getByText("You have no password").waitFor();
  await page.getByRole("link", { name: "Set a password" }).click();
  await page.getByLabel("New password", { exact: true }).fill("twelve green lanterns");
  await page.getByLabel("New password again").fill("twelve green lanterns");
  await page.getByRole("button", { name: "Set password" }).click();
  await page.waitForURL("**/profile");
});

browserTest(
  "a passkey that was removed here signs nobody in, and the page says what to do",
  async (stage) => {
    const { page, app, context } = stage;
    await plugIn(stage);
    await signInHere(stage, await addPerson(app, "ana"));
    await addHere(stage);
    await app.services.db.deleteFrom("passkeys").execute();
    await context.clearCookies();
    // The page sends the passkey at once, so it may be gone before its islands are hydrated.
    await page.goto(`${passkeyOrigin(app)}/passkey_login`);
    await page.getByText("This passkey was not accepted").waitFor();
    await page.getByRole("button", { name: "Choose a passkey" }).waitFor();
    stage.faults.splice(0);
  },
);

browserTest("at an address instead of a name, pages say where passkeys work", async (stage) => {
  const { page, app } = stage;
  await openPath(stage, "/login");
  await page.getByRole("link", { name: "Sign in with a passkey" }).click();
  await page.getByRole("link", { name: passkeyOrigin(app) }).waitFor();
});

browserTest(
  "without JavaScript there is the password, and no button that does nothing",
  async (stage) => {
    const { page, app } = stage;
    const ana = await addPerson(app, "ana");
    await page.goto(`${passkeyOrigin(app)}/login`);
    assert.equal(await page.getByText("passkey").isVisible(), false);
    assert.equal(await page.getByRole("button", { name: "Sign in" }).isVisible(), true);
    await signInHere(stage, ana);
    await page.goto(`${passkeyOrigin(app)}/passkeys`);
    assert.equal(await page.getByRole("button", { name: "Add a passkey" }).count(), 0);
  },
  { javaScriptEnabled: false },
);
