/** What a browser keeps besides its cookies. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson, PASSWORD } from "@/tests/kit/people.ts";
import { openPath } from "./sign_in.ts";

/** All that scripts of a page have stored, or can read of its cookies. */
function storedBy(page: Page) {
  return page.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    cookies: document.cookie,
    caches: await caches.keys(),
    databases: await indexedDB.databases(),
  }));
}

const NOTHING = { local: {}, session: {}, cookies: "", caches: [], databases: [] };

browserTest("scripts store nothing of users, and read no cookie", async (stage) => {
  const { page, app } = stage;
  await addAdmin(app);
  await addPerson(app, "grace");
  await openPath(stage, "/login");
  await page.getByLabel("Username or e-mail address").fill("admin");
  await page.locator("[name=password]").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/admin");
  await openPath(stage, "/user_list");
  await page.getByRole("link", { name: "Edit grace" }).click();
  const modal = page.getByRole("dialog", { name: "Edit grace" });
  await modal.getByLabel("Full name").fill("Grace Hopper");
  await modal.getByLabel("Postal address").fill("1 Harbour Street");
  assert.deepEqual(await storedBy(page), NOTHING);
  await modal.getByRole("button", { name: "Save changes" }).click();
  await page.getByText(/The changes to .* are saved/).waitFor();
  assert.deepEqual(await storedBy(page), NOTHING);
  for (const path of ["/profile", "/change_password"]) {
    await openPath(stage, path);
    assert.deepEqual(await storedBy(page), NOTHING, path);
  }
});
