/** Walks through pages of the account, by keyboard, with script and without. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import { addAdmin, addPerson, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { codeOf, forgetSteps, turnOn } from "@/tests/kit/second_factor.ts";
import { signInBrowser, useCookiesOf } from "./sign_in.ts";

type Environment = Readonly<Record<string, string>>;

/** Registers a walk with script and without. */
function walkTest(
  name: string,
  fn: (stage: Stage) => Promise<void>,
  environment: Environment = {},
) {
  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? "" : "without JavaScript ";
    browserTest(`${how}${name}`, fn, { javaScriptEnabled, environment });
  }
}

/** Presses Tab until something with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const target = page.getByRole("main").or(page.locator("body"))
    .locator("a, button, input").filter({ visible: true });
  const wanted = page.getByRole("button", { name }).or(page.getByRole("link", { name }))
    .or(page.getByLabel(name)).first();
  await wanted.waitFor();
  for (let press = 0; press < await target.count() + 5; press++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach "${name}"`);
}

async function press(page: Page, name: string, key = "Enter"): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

async function typePassword({ page }: Stage): Promise<void> {
  await page.goto("/login?next=/security");
  await page.getByLabel("Username").fill("ana");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
}

const inDays = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

walkTest(
  "a browser is trusted by a tick, asks for no code, and asks again afterwards",
  async (stage) => {
    const { page, context, app } = stage;
    const { secret } = await turnOn(app, await addPerson(app, "ana"));
    await typePassword(stage);
    await page.waitForURL("**/two_factor?**");
    // The field has the focus.
    await page.getByLabel("Code of your authenticator").and(page.locator(":focus")).waitFor();
    await page.keyboard.type(await codeOf(secret));
    await press(page, "Do not ask for a code in this browser", "Space");
    await press(page, "Sign in");
    await page.waitForURL("**/security");
    await page.getByText("(this one)").waitFor();
    await page.goto("/profile");
    await context.clearCookies({ name: /session/ });
    await typePassword(stage);
    await page.waitForURL("**/security");
    await press(page, "End the trust in");
    await page.waitForURL("**/security");
    await page.getByRole("status").first().waitFor();
    assert.equal(await page.getByText("Trusted browsers").count(), 0);
    await context.clearCookies({ name: /session/ });
    await forgetSteps(app);
    await typePassword(stage);
    await page.waitForURL("**/two_factor?**");
  },
);

walkTest(
  "before its date the policy reminds on every page, and leads to the setup",
  async (stage) => {
    const { page, app } = stage;
    await signInBrowser(stage, await addPerson(app, "ana"));
    await page.goto("/profile");
    await page.getByText("you need a second factor to go on").waitFor();
    await press(page, "Set it up");
    await page.waitForURL("**/security");
  },
  { TWO_FACTOR: "all", TWO_FACTOR_FROM: inDays(9) },
);

walkTest(
  "after its date the policy lets an admin only set up a second factor, and then go on",
  async (stage) => {
    const { page, app } = stage;
    await signInBrowser(stage, await addAdmin(app, "ada"));
    await page.goto("/user_list");
    await page.waitForURL("**/security");
    await page.getByText("To go on, set up a second factor").waitFor();
    await press(page, "Set up an authenticator");
    await page.getByText("QR code").or(page.getByRole("img", { name: "QR code" })).first()
      .waitFor();
    const uri = await page.getByRole("link", { name: "authenticator" }).first().getAttribute(
      "href",
    );
    const secret = new URL(uri!).searchParams.get("secret")!;
    await page.getByLabel("Code of your authenticator").fill(await codeOf(secret));
    await page.keyboard.press("Enter");
    await page.getByLabel("I have stored them").waitFor();
    await page.goto("/user_list");
    await page.getByRole("heading", { name: "Users" }).waitFor();
  },
  { TWO_FACTOR: "admins" },
);

walkTest(
  "an admin sends an e-mail again that failed, copies its link, and drops another",
  async (stage) => {
    const { page, app } = stage;
    for (const name of ["ana", "bo"]) {
      const { email } = await addPerson(app, name, { email_verified_at: new Date() });
      await app.client().sendJson("POST", "/forgot_password", { email });
    }
    while ((await jobsOf(app.services.db)).some(({ attempts }) => attempts === 0)) {
      await page.waitForTimeout(20);
    }
    await useCookiesOf(stage, await signedIn(app, await addAdmin(app, "ada")));
    await page.goto("/emails");
    await page.getByText("Failed", { exact: true }).first().waitFor();
    await press(page, "Send again to ana@example.org");
    await page.waitForURL("**/emails");
    await page.getByText("again").first().waitFor();
    while ((await jobsOf(app.services.db)).some(({ run_at }) => run_at < new Date())) {
      await page.waitForTimeout(20);
    }
    await page.goto("/emails");
    await press(page, "Copy the link to ana@example.org");
    const link = await page.getByLabel("Link of the e-mail").inputValue();
    assert.match(link, /\/reset_password\?token=/);
    await press(page, "Back to the e-mails");
    await press(page, "Do not send to bo@example.org");
    await page.getByText("No e-mail waits").waitFor();
  },
  { SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "roster@example.org" },
);

walkTest(
  "in development the page about an e-mail leads to it, and its link to the new password",
  async (stage) => {
    const { page, app } = stage;
    await addPerson(app, "ana", { email_verified_at: new Date() });
    await page.goto("/forgot_password");
    await page.getByLabel("E-mail address").fill("ana@example.org");
    await page.keyboard.press("Enter");
    await page.getByText("on its way").waitFor();
    while ((await jobsOf(app.services.db)).length > 0) await page.waitForTimeout(20);
    await press(page, "Development: open the e-mails");
    await page.getByText("To ana@example.org").waitFor();
    await press(page, "/reset_password?token=");
    await page.getByLabel("New password", { exact: true }).waitFor();
  },
  { APP_ENV: "development" },
);
