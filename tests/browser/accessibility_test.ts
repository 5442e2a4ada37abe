import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { deleteUser } from "@/lib/domain/delete_user.ts";
import { USERNAME_MAX_CHARS } from "@/lib/shared/limits.ts";
import { findA11yFaults } from "@/tests/kit/a11y.ts";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson } from "@/tests/kit/people.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

const VIEWPORTS = [{ width: 360, height: 740 }, { width: 1440, height: 900 }];
const LOOKS = VIEWPORTS.flatMap((viewport) =>
  (["light", "dark"] as const).map((colorScheme) => ({ viewport, colorScheme }))
);

/** Takes what the browser says, without its word on the pages that answer 404. */
const unexpected = (faults: string[]) => faults.splice(0).filter((it) => !it.includes("404"));

/** What makes the page wider than the screen. */
async function findOverflow(page: Page): Promise<string[]> {
  const excess = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  return excess === 0 ? [] : [`${excess} px too wide`];
}

/** Opens each page in turn; what answers with an error makes the browser complain. */
async function visitAll(stage: Stage, visit: (path: string) => Promise<void>): Promise<void> {
  const { app, context } = stage;
  for (const path of ["/login", "/register", "/verify_email?token=x", "/nothing"]) {
    await openPath(stage, path);
    await visit(path);
  }
  // As long as names and addresses get, without a place to break them.
  const admin = await addAdmin(app, `admin${"x".repeat(USERNAME_MAX_CHARS - "admin".length)}`);
  await addPerson(app, "y".repeat(USERNAME_MAX_CHARS), {
    email: `${"y".repeat(64)}@${`${"y".repeat(60)}.`.repeat(3)}org`,
  });
  const { user_id } = await addPerson(app, "grace", { status: "suspended", status_reason: "Spam" });
  await addPerson(app, "ada", { locked_until: new Date(Date.now() + 3_600_000) });
  await signInBrowser(stage, admin);
  const { user_id: deleted } = await addPerson(app, "joan");
  await deleteUser(app.services, { kind: "task", name: "test" }, deleted);
  const paths = [
    "/admin",
    "/user_list",
    "/user_list?q=nobody",
    "/deleted_users",
    "/profile",
    "/change_password",
    `/edit_user?user_id=${user_id}`,
    `/delete_user?user_id=${user_id}`,
    "/nothing",
  ];
  for (const path of paths) {
    await openPath(stage, path);
    await visit(path);
  }
  await openPath(stage, "/user_list");
  await stage.page.getByRole("link", { name: "Edit grace" }).click();
  await stage.page.getByRole("dialog").waitFor();
  await visit("the modal that edits");
  await stage.page.keyboard.press("Escape");
  await stage.page.getByRole("link", { name: "Delete grace" }).click();
  await stage.page.getByRole("dialog").waitFor();
  await visit("the modal that deletes");
  await context.clearCookies();
}

browserTest(
  "axe finds nothing on any page, light or dark, narrow or wide",
  async (stage) => {
    const { page, faults } = stage;
    const found: string[] = [];
    await visitAll(stage, async (path) => {
      for (const look of LOOKS) {
        await page.setViewportSize(look.viewport);
        await page.emulateMedia({ colorScheme: look.colorScheme });
        const complaints = [...await findA11yFaults(page), ...await findOverflow(page)];
        found.push(
          ...complaints.map((it) =>
            `${path} (${look.colorScheme}, ${look.viewport.width} px): ${it}`
          ),
        );
      }
    });
    assert.deepEqual(found, []);
    assert.deepEqual(unexpected(faults), []);
  },
  { bypassCSP: true },
);

browserTest("the policy of the pages lets all that is theirs through", async (stage) => {
  await visitAll(stage, () => Promise.resolve());
  assert.deepEqual(unexpected(stage.faults), []);
});

browserTest(
  "all of the user list is reached by keyboard, and the skip link is first",
  async (stage) => {
    const { page, app } = stage;
    await signInBrowser(stage, await addAdmin(app));
    await openPath(stage, "/user_list");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to content");
    await page.keyboard.press("Enter");
    const reached: string[] = [];
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(() => document.activeElement?.textContent?.trim() ?? ""));
    }
    for (const name of ["Search", "Edit admin", "Delete admin", "Dark"]) {
      assert.ok(reached.some((text) => text.includes(name)), `${name}: ${reached}`);
    }
  },
);
