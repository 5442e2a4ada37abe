import assert from "node:assert/strict";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { browserTest } from "@/tests/kit/browser.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  everythingOf,
  PASSWORD,
  signedIn,
} from "@/tests/kit/people.ts";
import { focusedName, openList } from "./open_list.ts";
import { openModal, openPath, signInBrowser } from "./sign_in.ts";

browserTest("an admin edits a user in a modal", async (stage) => {
  const { app } = stage;
  const person = await addPerson(app, "grace");
  const { page } = await openList(stage);
  const modal = await openModal(page, "Edit grace");
  assert.equal(await modal.getByLabel("Username").inputValue(), "grace");
  await modal.getByLabel("Username").fill("hopper");
  await modal.getByLabel("Role").selectOption("admin");
  await modal.getByLabel("About").fill("Rear admiral");
  await modal.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("The changes to hopper are saved").waitFor();
  await page.getByRole("row").filter({ hasText: "hopper" }).getByText("Admin").waitFor();
  const [account, profile] = await everythingOf(app, person);
  assert.deepEqual([account?.username, account?.role, profile?.bio], [
    "hopper",
    "admin",
    "Rear admiral",
  ]);
});

browserTest("an edit is refused in the modal if somebody else saved first", async (stage) => {
  const { app } = stage;
  const person = await addPerson(app, "grace");
  const { page } = await openList(stage);
  const modal = await openModal(page, "Edit grace");
  await modal.getByLabel("Full name").fill("Second");
  const { user_id } = person;
  await (await signedIn(app, person)).sendJson("PUT", "/edit_user", {
    user_id,
    full_name: "First",
  });
  await modal.getByRole("button", { name: "Save changes" }).click();
  await modal.getByRole("alert").getByText("Somebody else has changed this user").waitFor();
  assert.equal(await modal.getByLabel("Full name").inputValue(), "Second");
  assert.equal((await everythingOf(app, person))[1]?.full_name, "First");
  stage.faults.splice(0);
});

browserTest("a name that is taken is refused at its field", async (stage) => {
  const { app } = stage;
  await addPerson(app, "ada");
  await addPerson(app, "grace");
  const { page } = await openList(stage);
  const modal = await openModal(page, "Edit grace");
  await modal.getByLabel("Username").fill("ADA");
  await modal.getByRole("button", { name: "Save changes" }).click();
  await modal.getByText("Somebody has this username already").waitFor();
  assert.equal(await modal.getByLabel("Username").getAttribute("aria-invalid"), "true");
  stage.faults.splice(0);
});

browserTest(
  "the modals close by Escape, backdrop and buttons, and return the focus",
  async (stage) => {
    await addPerson(stage.app, "grace");
    const { page } = await openList(stage);
    for (const verb of ["Edit", "Delete"]) {
      const link = page.getByRole("link", { name: `${verb} grace` });
      const modal = page.getByRole("dialog", { name: `${verb} grace` });
      const ways = [
        () => page.keyboard.press("Escape"),
        () => page.mouse.click(5, 5),
        () => modal.getByRole("button", { name: "Cancel" }).click(),
        () => modal.getByRole("button", { name: "Close" }).click(),
      ];
      for (const close of ways) {
        await link.focus();
        await page.keyboard.press("Enter");
        await modal.waitFor();
        const inside = await modal.evaluate((dialog) => dialog.contains(document.activeElement));
        assert.ok(inside, "the focus goes into the modal");
        await close();
        await modal.waitFor({ state: "hidden" });
        assert.ok(await link.evaluate((a) => a === document.activeElement), "and comes back");
      }
    }
  },
);

browserTest("an admin deletes a user, after a question that names them", async (stage) => {
  const { app } = stage;
  const person = await addPerson(app, "grace");
  const { page } = await openList(stage);
  const modal = await openModal(page, "Delete grace");
  await modal.getByText("Do you want to delete grace?").waitFor();
  await modal.getByRole("button", { name: "Delete" }).click();
  await page.getByText("grace is deleted").waitFor();
  assert.equal(await page.getByRole("link", { name: "Edit grace" }).count(), 0);
  assert.deepEqual(await everythingOf(app, person), [undefined, undefined]);
});

browserTest("a failed deletion shows a toast", async (stage) => {
  const { app } = stage;
  const { user_id } = await addPerson(app, "grace");
  const { page } = await openList(stage);
  await page.getByRole("link", { name: "Delete grace" }).click();
  await deleteUser(app.services, { kind: "task", name: "test" }, user_id);
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("There is no such user").waitFor();
  stage.faults.splice(0);
});

browserTest("an admin who deletes the own account proves who they are first", async (stage) => {
  const { page, admin } = await openList(stage);
  await page.getByRole("link", { name: "Delete admin" }).click();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("This is the last active admin").waitFor();
  assert.ok(await accountOf(stage.app, admin));
  stage.faults.splice(0);
});

browserTest("after saving, the user's row has the focus", async (stage) => {
  const { app } = stage;
  const { user_id } = await addPerson(app, "grace");
  const { page } = await openList(stage);
  await page.getByRole("link", { name: "Edit grace" }).press("Enter");
  const modal = page.getByRole("dialog", { name: "Edit grace" });
  await modal.getByLabel("Full name").fill("Ana Sample");
  await page.keyboard.press("Enter");
  await page.getByText("The changes to Ana Sample are saved").waitFor();
  assert.equal(await focusedName(page), `user_${user_id}`);
  await page.getByRole("row").filter({ hasText: "Ana Sample" }).waitFor();
});

browserTest(
  "after deleting, the next row has the focus, or the list if none is left",
  async (stage) => {
    const { app } = stage;
    await addPerson(app, "ada1");
    const bo = await addPerson(app, "ada2");
    await addAdmin(app, "someone");
    await signInBrowser(stage, await addAdmin(app));
    const { page } = stage;
    await openPath(stage, "/user_list?q=ada");
    const remove = async (name: string) => {
      await page.getByRole("link", { name: `Delete ${name}` }).press("Enter");
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).press("Enter");
      await page.getByText(`${name} is deleted`).waitFor();
    };
    await remove("ada1");
    assert.equal(await focusedName(page), `user_${bo.user_id}`);
    assert.match(page.url(), /q=ada/);
    await remove("ada2");
    assert.equal(await focusedName(page), "main");
  },
);

browserTest("admins cannot switch their own status or role", async (stage) => {
  await addPerson(stage.app, "grace");
  const { page } = await openList(stage);
  assert.equal(await page.getByRole("switch").count(), 1);
  assert.equal(await page.getByRole("row", { name: /admin/ }).getByText("Active").count(), 1);
  const modal = await openModal(page, "Edit admin");
  await modal.getByLabel("Full name").fill("Grace Hopper");
  assert.equal(await modal.getByLabel("Role").count(), 0);
  await modal.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Your changes are saved").waitFor();
});

browserTest("on a phone the form above the list sorts it", async (stage) => {
  const { page, app } = stage;
  await page.setViewportSize({ width: 360, height: 800 });
  for (const name of ["ada", "grace"]) await addPerson(app, name);
  await openList(stage);
  await page.getByLabel("Sort by").selectOption("Name, Z to A");
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForURL("**sort=-username**");
  assert.equal(await page.getByLabel("Sort by").inputValue(), "-username");
  assert.match(await page.getByRole("row").nth(1).innerText(), /grace/);
});

browserTest("an admin searches, filters and sorts", async (stage) => {
  const { app } = stage;
  await addPerson(app, "grace");
  await addPerson(app, "ada", { status: "suspended" });
  const { page } = await openList(stage);
  const names = () => page.getByRole("switch").allInnerTexts();
  assert.equal((await names()).length, 2);
  await page.getByLabel("Search").fill("gra");
  await page.getByRole("main").getByRole("button", { name: "Search" }).click();
  await page.waitForURL("**q=gra**");
  assert.equal((await names()).length, 1);
  await page.getByRole("link", { name: "Clear" }).click();
  await page.getByLabel("Status", { exact: true }).selectOption("suspended");
  await page.getByRole("main").getByRole("button", { name: "Search" }).click();
  await page.waitForURL("**status=suspended**");
  assert.equal(await page.getByRole("switch", { name: "ada: Suspended" }).count(), 1);
  await openPath(stage, "/user_list?q=nobody-at-all");
  await page.getByText("Nobody matches").waitFor();
});

browserTest("a focused link of a row keeps its ground below the pointer", async (stage) => {
  await addPerson(stage.app, "grace");
  const { page } = await openList(stage);
  const link = page.getByRole("link", { name: "Edit grace" });
  const ground = () => link.evaluate((it) => getComputedStyle(it).backgroundColor);
  const before = await ground();
  await link.hover();
  assert.notEqual(await ground(), before);
  await page.getByRole("switch", { name: /grace/ }).focus();
  await page.keyboard.press("Tab");
  assert.ok(await link.evaluate((it) => it.matches(":focus-visible:hover")));
  assert.equal(await ground(), before);
});
