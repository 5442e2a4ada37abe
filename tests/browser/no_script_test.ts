/** The same with JavaScript off: only forms and links. */
import assert from "node:assert/strict";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { accountOf, addAdmin, addPerson, everythingOf, PASSWORD } from "@/tests/kit/people.ts";
import { redAndBlue } from "@/tests/storage/pictures.ts";
import { signInBrowser } from "./sign_in.ts";

function noScriptTest(name: string, fn: (stage: Stage) => Promise<void>): void {
  browserTest(`without JavaScript ${name}`, fn, { javaScriptEnabled: false });
}

noScriptTest("a visitor registers, is signed in, and signs out", async ({ page, faults }) => {
  await page.goto("/register");
  await page.getByLabel("Username").fill("grace");
  await page.getByLabel("E-mail address").fill("grace@example.org");
  await page.getByLabel("Password", { exact: true }).fill("password");
  await page.getByLabel("Password again").fill("password");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("This password is too easy to guess").waitFor();
  faults.splice(0);
  assert.equal(await page.getByLabel("Username").inputValue(), "grace");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/profile");
  await page.getByText("Your account is ready, and you are signed in").waitFor();
  await page.getByRole("button", { name: "Account of grace" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/login");
});

noScriptTest("users edit their profile and picture", async (stage) => {
  const { page, app } = stage;
  const person = await addPerson(app, "grace");
  await signInBrowser(stage, person);
  await page.goto("/profile");
  await page.getByRole("link", { name: "Edit profile" }).click();
  await page.getByLabel("Full name").fill("Grace Hopper");
  await page.getByLabel("Picture", { exact: true }).setInputFiles({
    name: "photo.jpg",
    mimeType: "image/jpeg",
    buffer: await redAndBlue("jpeg"),
  });
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("heading", { name: "Grace Hopper" }).waitFor();
  await page.getByText("Your changes are saved").waitFor();
  assert.ok((await everythingOf(app, person))[1]?.image);
  await page.getByRole("link", { name: "Edit profile" }).click();
  await page.getByLabel("Remove the picture").check();
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.waitForURL("**/profile#edit_profile");
  assert.equal((await everythingOf(app, person))[1]?.image, null);
});

noScriptTest("users change their password", async (stage) => {
  const { page, app } = stage;
  await signInBrowser(stage, await addPerson(app, "grace"));
  await page.goto("/change_password");
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByLabel("New password", { exact: true }).fill("eleven orange turtles");
  await page.getByLabel("New password again").fill("eleven orange turtles");
  await page.getByRole("main").getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your password is changed").waitFor();
});

noScriptTest(
  "an admin suspends, activates, edits and deletes, and stays in the list",
  async (stage) => {
    const { page, app } = stage;
    const person = await addPerson(app, "grace");
    const neighbour = await addPerson(app, "gracia");
    await signInBrowser(stage, await addAdmin(app));
    const list = "/user_list?q=grac&sort=-email";
    const atRow = ({ user_id }: { user_id: number }) => `${list}#user_${user_id}`;
    await page.goto(list);
    await page.getByRole("switch", { name: "grace" }).click();
    await page.getByLabel("Reason").fill("Spam");
    await page.getByText("Time zone: UTC").waitFor();
    await page.getByLabel("Until").fill("2000-03-03T12:00");
    await page.getByRole("button", { name: "Suspend" }).click();
    await page.getByText("Until must lie in the future").waitFor();
    stage.faults.splice(0);
    assert.equal(await page.getByLabel("Reason").inputValue(), "Spam");
    assert.ok(await page.getByLabel("Until").evaluate((it) => it === document.activeElement));
    await page.getByLabel("Until").fill("2999-03-03T12:00");
    await page.getByRole("button", { name: "Suspend" }).click();
    await page.getByText("grace is suspended").waitFor();
    await page.getByText("until 3 Mar 2999, 12:00 UTC: Spam").waitFor();
    assert.equal((await accountOf(app, person)).status, "suspended");
    await page.waitForURL(atRow(person));
    await page.getByRole("switch", { name: "grace" }).click();
    await page.getByText("grace is active").waitFor();
    await page.waitForURL(atRow(person));

    await page.getByRole("link", { name: "Edit grace" }).click();
    await page.getByLabel("Username").fill("admin");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Somebody has this username already").waitFor();
    stage.faults.splice(0);
    assert.ok(await page.getByLabel("Username").evaluate((it) => it === document.activeElement));
    await page.getByLabel("Username").fill("gracie");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("The changes to gracie are saved").waitFor();
    await page.waitForURL(atRow(person));

    await page.getByRole("link", { name: "Delete gracie" }).click();
    await page.getByText("Do you want to delete gracie?").waitFor();
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.waitForURL(atRow(neighbour));
    await page.getByRole("link", { name: "Delete gracie" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("gracie is deleted").waitFor();
    await page.waitForURL(atRow(neighbour));
    assert.deepEqual(await everythingOf(app, person), [undefined, undefined]);
  },
);

noScriptTest("a deleted user is restored by name", async (stage) => {
  const { page, app } = stage;
  const { user_id } = await addPerson(app, "grace");
  await deleteUser(app.services, { kind: "task", name: "test" }, user_id);
  await signInBrowser(stage, await addAdmin(app));
  await page.goto("/deleted_users");
  await page.getByRole("button", { name: "Restore grace" }).click();
  await page.getByText("grace is restored, with profile and picture").waitFor();
});

noScriptTest("the last admin learns why nothing happens", async (stage) => {
  const { page, app } = stage;
  await signInBrowser(stage, await addAdmin(app));
  await page.goto("/user_list");
  await page.getByRole("link", { name: "Delete admin" }).click();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("This is the last active admin").waitFor();
  stage.faults.splice(0);
});

noScriptTest("an admin pages through the list and sorts it", async (stage) => {
  const { page, app } = stage;
  await signInBrowser(stage, await addAdmin(app));
  for (const name of ["ada", "grace", "joan"]) await addPerson(app, name);
  await page.goto("/user_list?limit=2");
  // It ticks all users of the page, for which it needs script.
  const tickAll = page.locator("thead [type=checkbox]");
  assert.deepEqual([await tickAll.count(), await tickAll.isVisible()], [1, false]);
  const shown = () => page.getByRole("switch").allInnerTexts();
  const first = await shown();
  await page.getByRole("link", { name: "Next" }).click();
  assert.notDeepEqual(await shown(), first);
  await page.getByRole("link", { name: "Previous" }).click();
  assert.deepEqual(await shown(), first);
  await page.getByRole("link", { name: /Joined/ }).click();
  await page.waitForURL("**sort=*created_at**");
});

noScriptTest("a user switches the colours", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("button", { name: "Dark" }).click();
  await page.locator("html[data-bs-theme=dark]").waitFor();
});
