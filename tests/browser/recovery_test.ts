import assert from "node:assert/strict";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { codeIn, type Letter, type Mailbox, openMailbox } from "@/tests/kit/mailbox.ts";
import { PASSWORD } from "@/tests/kit/people.ts";

const NEW_PASSWORD = "twelve green lanterns";

let mailbox: Mailbox | undefined;

Deno.test.afterAll(async () => await mailbox?.[Symbol.asyncDispose]());

/** Registers a test of an application that sends e-mails, with and without script. */
function mailTest(name: string, fn: (stage: Stage, mailbox: Mailbox) => Promise<void>): void {
  for (const javaScriptEnabled of [true, false]) {
    mailbox ??= openMailbox();
    const environment = { SMTP_URL: mailbox.url, MAIL_FROM: "roster@example.org" };
    const how = javaScriptEnabled ? "" : "without JavaScript ";
    browserTest(`${how}${name}`, (stage) => fn(stage, mailbox!), {
      javaScriptEnabled,
      environment,
    });
  }
}

/** What `find` finds in the next e-mail to an address that has it. */
async function nextWith(
  mailbox: Mailbox,
  to: string,
  find: (letter: Letter) => string | undefined,
): Promise<string> {
  for (;;) {
    const letter = await mailbox.next();
    const found = letter.to === to && find(letter);
    if (found) return found;
  }
}

const linkIn = ({ text }: Letter) => /http:\S+\?token=[\w-]+/.exec(text)?.[0];

mailTest(
  "somebody registers, confirms by code, forgets the password and moves to another address",
  async ({ page, faults }, mailbox) => {
    const [email, moved] = ["grace@example.org", "hopper@example.org"];
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto("/register");
    await page.getByLabel("Username").fill("grace");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Password again").fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.waitForURL("**/verify_email");
    assert.ok(!asked.includes("/email_exists"), "addresses are secret, so nothing is asked");
    const code = await nextWith(mailbox, email, codeIn);
    await page.getByLabel("Code").fill("2222-2222");
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("alert").getByText("This code is wrong").waitFor();
    // The browser itself logs the refusal.
    faults.splice(0);
    await page.getByLabel("Code").fill(code.toLowerCase());
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.waitForURL("**/login");
    assert.equal(await page.getByLabel("Username or e-mail address").inputValue(), "grace");

    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.getByLabel("E-mail address").fill(email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("an e-mail with a link for a new password is on its way").waitFor();
    await page.goto(await nextWith(mailbox, email, linkIn));
    await page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
    await page.getByLabel("New password again").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.waitForURL("**/login");
    await page.getByLabel("Password", { exact: true }).fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/profile");

    await page.goto("/edit_user?user_id=1");
    await page.getByLabel("E-mail address").fill(moved);
    await page.getByLabel("Current password").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText(`Waiting for ${moved}`).waitFor();
    await page.goto(await nextWith(mailbox, moved, linkIn));
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.waitForURL("**/profile");
    await page.getByText("The new address is confirmed").waitFor();
    await page.getByText(moved).first().waitFor();
  },
);
