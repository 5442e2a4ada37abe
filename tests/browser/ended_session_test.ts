/** A session that ends while a form is open. No input is lost. */
import assert from "node:assert/strict";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson, everythingOf, PASSWORD } from "@/tests/kit/people.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

const endSessions = ({ app }: Stage) => app.services.db.deleteFrom("sessions").execute();

browserTest(
  "without JavaScript a form comes back with its input after signing in",
  async (stage) => {
    const { page, app } = stage;
    const person = await addPerson(app, "grace");
    await signInBrowser(stage, await addAdmin(app));
    await page.goto("/user_list?q=grace");
    await page.getByRole("link", { name: "Edit grace" }).click();
    await page.getByLabel("Full name").fill("Grace Hopper");
    await page.getByLabel("About").fill("one\ntwo");
    await endSessions(stage);
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Your session has ended").waitFor();
    await page.getByLabel("Username or e-mail address").fill("admin");
    await page.getByLabel("Password", { exact: true }).fill("wrong password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Name or password is wrong").waitFor();
    stage.faults.splice(0);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Back to the form" }).click();
    assert.equal(await page.getByLabel("Full name").inputValue(), "Grace Hopper");
    assert.equal(await page.getByLabel("About").inputValue(), "one\ntwo");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.waitForURL("**/user_list?q=grace#user_*");
    const { full_name, bio } = (await everythingOf(app, person))[1]!;
    assert.deepEqual([full_name, bio], ["Grace Hopper", "one\ntwo"]);
  },
  { javaScriptEnabled: false },
);

/** Signs in on the tab that the link in the open modal opens. */
async function signInInNewTab({ page, context }: Stage, username: string): Promise<void> {
  const opened = context.waitForEvent("page");
  await page.getByRole("alert").getByRole("link", { name: "Sign in in a new tab" }).press("Enter");
  const tab = await opened;
  await tab.getByLabel("Username or e-mail address").fill(username);
  await tab.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.getByText("You are signed in").waitFor();
  await tab.close();
}

browserTest(
  "the edit modal offers to sign in, keeps the input, and can then save",
  async (stage) => {
    const { page, app } = stage;
    const person = await addPerson(app, "grace");
    await addAdmin(app, "other");
    await signInBrowser(stage, await addAdmin(app));
    await openPath(stage, "/user_list");
    await page.getByRole("link", { name: "Edit grace" }).press("Enter");
    const modal = page.getByRole("dialog", { name: "Edit grace" });
    await modal.getByLabel("Full name").fill("Grace Hopper");
    await endSessions(stage);
    const save = modal.getByRole("button", { name: "Save changes" });
    await save.press("Enter");
    await modal.getByRole("alert").getByText("Your session has ended").waitFor();
    await signInInNewTab(stage, "other");
    await save.press("Enter");
    await modal.getByRole("alert").getByText("You are now signed in as somebody else").waitFor();
    assert.equal((await everythingOf(app, person))[1]?.full_name, "");
    await endSessions(stage);
    await save.press("Enter");
    await modal.getByRole("alert").getByText("Your session has ended").waitFor();
    await signInInNewTab(stage, "admin");
    assert.equal(await modal.getByLabel("Full name").inputValue(), "Grace Hopper");
    stage.faults.splice(0);
    await save.press("Enter");
    await page.getByText("The changes to Grace Hopper are saved").waitFor();
  },
);

browserTest("the suspend modal does the same", async (stage) => {
  const { page, app } = stage;
  const person = await addPerson(app, "grace");
  await signInBrowser(stage, await addAdmin(app));
  await openPath(stage, "/user_list");
  await page.getByRole("switch", { name: /grace/ }).press("Space");
  const modal = page.getByRole("dialog", { name: "Suspend grace" });
  await modal.getByLabel("Reason").fill("Spam");
  await endSessions(stage);
  const suspend = modal.getByRole("button", { name: "Suspend" });
  await suspend.press("Enter");
  await modal.getByRole("alert").getByText("Your session has ended").waitFor();
  await signInInNewTab(stage, "admin");
  stage.faults.splice(0);
  await suspend.press("Enter");
  await page.getByText("grace is suspended").waitFor();
  assert.equal((await everythingOf(app, person))[0]?.status_reason, "Spam");
});
