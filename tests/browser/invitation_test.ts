import assert from "node:assert/strict";
import { browserTest } from "@/tests/kit/browser.ts";
import { INVITED } from "@/tests/kit/invitations.ts";
import { type Mailbox, openMailbox, tokenIn } from "@/tests/kit/mailbox.ts";
import { addAdmin, PASSWORD } from "@/tests/kit/people.ts";
import { applyLook, findOverflow, LOOKS } from "./places.ts";
import { signInBrowser } from "./sign_in.ts";

let mailbox: Mailbox | undefined;

Deno.test.afterAll(async () => await mailbox?.[Symbol.asyncDispose]());

for (const javaScriptEnabled of [true, false]) {
  for (const look of LOOKS) {
    const how = `${look.width} px, ${look.colorScheme}, ${javaScriptEnabled ? "with" : "without"}`;
    mailbox ??= openMailbox();
    const environment = {
      SMTP_URL: mailbox.url,
      MAIL_FROM: "roster@example.org",
      REGISTRATION: "invite",
    };
    browserTest(
      `an admin invites a colleague, who chooses name and password and is signed in (${how} script)`,
      async (stage) => {
        const { page, context, app } = stage;
        await applyLook(stage, look);
        await signInBrowser(stage, await addAdmin(app, "ada"));
        await page.goto("/invitations");
        await page.getByText("No invitations").waitFor();
        await page.getByLabel("E-mail address").fill(INVITED);
        await page.getByLabel("Role").selectOption("admin");
        await page.getByRole("button", { name: "Send the invitation" }).click();
        await page.getByText("The invitation is on its way").waitFor();
        await page.getByRole("listitem").filter({ hasText: INVITED }).getByText("Open", {
          exact: true,
        }).waitFor();
        assert.deepEqual(await findOverflow(page), []);
        const token = tokenIn(await mailbox!.next());

        await context.clearCookies();
        await page.goto("/register");
        await page.getByText("You need an invitation to register here").waitFor();
        await page.goto(`/accept_invitation?token=${token}`);
        assert.equal(new URL(page.url()).search, "");
        await page.getByText("You were invited by ada").waitFor();
        const address = page.getByLabel("E-mail address");
        assert.equal(await address.inputValue(), INVITED);
        assert.ok(!await address.isEditable());
        await page.getByLabel("Username").fill("ana");
        await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
        await page.getByLabel("Password again").fill(PASSWORD);
        assert.deepEqual(await findOverflow(page), []);
        await page.getByRole("button", { name: "Create account" }).click();
        await page.waitForURL("**/admin");
        await page.getByText("Your account is ready, and you are signed in").waitFor();
        assert.match((await mailbox!.next()).text, /You invited ana@example\.org/);

        await page.goto("/invitations");
        await page.getByRole("listitem").filter({ hasText: INVITED }).getByText("Accepted", {
          exact: true,
        })
          .waitFor();
        await page.getByLabel("E-mail address").fill("bo@example.org");
        await page.getByRole("button", { name: "Send the invitation" }).click();
        const row = page.getByRole("listitem").filter({ hasText: "bo@example.org" });
        await mailbox!.next();
        await row.getByRole("button", { name: "Copy the link" }).click();
        await page.getByLabel("Link of the invitation").waitFor();
        const copy = page.getByRole("button", { name: "Copy" });
        if (javaScriptEnabled) await copy.waitFor();
        else assert.equal(await copy.count(), 0);
        assert.deepEqual(await findOverflow(page), []);
        await page.getByRole("link", { name: "Back to the invitations" }).click();
        await row.getByRole("button", { name: "Withdraw" }).click();
        await row.getByText("Withdrawn", { exact: true }).waitFor();
      },
      { javaScriptEnabled, environment },
    );
  }
}

browserTest("nobody sees, hears or reaches the trap of the form to register", async ({ page }) => {
  await page.goto("/register");
  const trap = page.locator("#subject");
  assert.equal(await trap.count(), 1);
  assert.ok(!await trap.isVisible());
  assert.equal(await page.getByRole("textbox", { name: "Leave this field empty" }).count(), 0);
  const reached: string[] = [];
  for (let press = 0; press < 25; press++) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement?.id ?? ""));
  }
  assert.ok(reached.includes("password2"));
  assert.ok(!reached.includes("subject"));
});
