import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  everythingOf,
  type Person,
  signedIn,
} from "@/tests/kit/people.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

/** Shows the list to an admin. */
async function openList(stage: Stage): Promise<{ page: Page; admin: Person }> {
  const admin = await addAdmin(stage.app);
  await signInBrowser(stage, admin);
  await openPath(stage, "/user_list");
  return { page: stage.page, admin };
}

browserTest("an admin edits a user in a modal", async (stage) => {
  const { app } = stage;
  const person = await addPerson(app, "grace");
  const { page } = await openList(stage);
  await page.getByRole("link", { name: "Edit grace" }).click();
  const modal = page.getByRole("dialog", { name: "Edit grace" });
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
  await page.getByRole("link", { name: "Edit grace" }).click();
  const modal = page.getByRole("dialog", { name: "Edit grace" });
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
  await page.getByRole("link", { name: "Edit grace" }).click();
  const modal = page.getByRole("dialog", { name: "Edit grace" });
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
  await page.getByRole("link", { name: "Delete grace" }).click();
  const modal = page.getByRole("dialog", { name: "Delete grace?" });
  await modal.getByText("Do you want to delete grace?").waitFor();
  await modal.getByRole("button", { name: "Delete" }).click();
  await page.getByText("grace is deleted").waitFor();
  assert.equal(await page.getByRole("link", { name: "Edit grace" }).count(), 0);
  assert.deepEqual(await everythingOf(app, person), [undefined, undefined]);
});

browserTest("a failed deletion shows a toast", async (stage) => {
  const { page, admin } = await openList(stage);
  await page.getByRole("link", { name: "Delete admin" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("This is the last active admin").waitFor();
  assert.ok(await accountOf(stage.app, admin));
  stage.faults.splice(0);
});

browserTest(
  "the switch asks for reason and end, suspends, and activates at once",
  async (stage) => {
    const { app } = stage;
    const person = await addPerson(app, "grace");
    await inTransaction(
      app.services.db,
      (tx) => upsertUserProfile(tx, person.user_id, { full_name: "Ana Sample" }),
    );
    const { page } = await openList(stage);
    const toggle = page.getByRole("switch", { name: /grace/ });
    await toggle.press("Space");
    const modal = page.getByRole("dialog", { name: "Suspend grace" });
    await modal.getByLabel("Reason").fill("Spam");
    await modal.getByLabel("Until").fill("2999-03-03T12:00");
    await modal.getByText("Time zone: Asia/Tokyo").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Ana Sample is suspended and signed out everywhere").waitFor();
    assert.equal(await toggle.getAttribute("aria-checked"), "false");
    await page.getByRole("row", { name: /grace/ }).getByText("until 3 Mar 2999, 03:00 UTC: Spam")
      .waitFor();
    assert.ok(await toggle.evaluate((it) => it === document.activeElement), "the focus stays");
    const { status, status_reason, suspended_until } = await accountOf(app, person);
    assert.deepEqual([status, status_reason, suspended_until?.toISOString()], [
      "suspended",
      "Spam",
      "2999-03-03T03:00:00.000Z",
    ]);

    await toggle.press("Space");
    await page.getByText("Ana Sample is active").waitFor();
    assert.ok(await toggle.evaluate((it) => it === document.activeElement), "the focus stays");
    assert.equal(await page.getByText("until 3 Mar").count(), 0);
    assert.equal((await accountOf(app, person)).status, "active");
  },
  { timezoneId: "Asia/Tokyo" },
);

browserTest(
  "a refused suspension says why at its field, which gets the focus",
  async (stage) => {
    const { app } = stage;
    const person = await addPerson(app, "grace");
    const { page } = await openList(stage);
    await page.getByRole("switch", { name: /grace/ }).click();
    const modal = page.getByRole("dialog", { name: "Suspend grace" });
    assert.equal(await focusedName(page), "reason");
    await modal.getByLabel("Reason").fill("Spam");
    await modal.getByLabel("Until").fill("2000-01-01T12:00");
    await modal.getByRole("button", { name: "Suspend" }).click();
    await modal.getByText("Until must lie in the future").waitFor();
    assert.equal(await focusedName(page), "until");
    assert.equal(await modal.getByLabel("Reason").inputValue(), "Spam");
    stage.faults.splice(0);
    await modal.getByLabel("Until").fill("");
    await modal.getByRole("button", { name: "Suspend" }).click();
    await modal.waitFor({ state: "hidden" });
    assert.equal((await accountOf(app, person)).status_reason, "Spam");
  },
);

browserTest("the switch turns back when the server refuses to activate", async (stage) => {
  const { app } = stage;
  const person = await addPerson(app, "grace", { status: "suspended", status_reason: "Spam" });
  const { page } = await openList(stage);
  const toggle = page.getByRole("switch", { name: /grace/ });
  await deleteUser(app.services, { kind: "task", name: "test" }, person.user_id);
  await toggle.click();
  await page.getByText("There is no such user").waitFor();
  assert.equal(await toggle.getAttribute("aria-checked"), "false");
  await page.getByRole("row", { name: /grace/ }).getByText("Spam").waitFor();
  stage.faults.splice(0);
});

/** Returns the name or id of the focused element. */
function focusedName(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    return focused?.getAttribute("name") ?? focused?.id;
  });
}

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
  await page.getByRole("link", { name: "Edit admin" }).click();
  const modal = page.getByRole("dialog", { name: "Edit admin" });
  await modal.getByLabel("Full name").fill("Grace Hopper");
  assert.equal(await modal.getByLabel("Role").count(), 0);
  await modal.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Your changes are saved").waitFor();
});

browserTest("without an answer the switch turns back and says so", async (stage) => {
  const { app } = stage;
  await addPerson(app, "grace", { status: "suspended" });
  const { page } = await openList(stage);
  await page.route("**/update_status", (route) => route.abort());
  const toggle = page.getByRole("switch", { name: /grace/ });
  await toggle.click();
  await page.getByText("The server does not answer").waitFor();
  assert.equal(await toggle.getAttribute("aria-checked"), "false");
  stage.faults.splice(0);
});

browserTest("a user who was signed out meanwhile comes to /login and back", async (stage) => {
  const { app } = stage;
  await addPerson(app, "grace", { status: "suspended" });
  const { page } = await openList(stage);
  await app.services.db.deleteFrom("sessions").execute();
  await page.getByRole("switch", { name: /grace/ }).click();
  await page.waitForURL("**/login?next=%2Fuser_list");
  stage.faults.splice(0);
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
  await page.getByLabel("Status").selectOption("suspended");
  await page.getByRole("main").getByRole("button", { name: "Search" }).click();
  await page.waitForURL("**status=suspended**");
  assert.match((await names()).join(), /ada/);
  await openPath(stage, "/user_list?q=nobody-at-all");
  await page.getByText("Nobody matches").waitFor();
});
