import assert from "node:assert/strict";
import { findA11yFaults } from "@/tests/kit/a11y.ts";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson } from "@/tests/kit/people.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

const VIEWPORTS = { narrow: { width: 360, height: 740 }, wide: { width: 1440, height: 900 } };

/** Opens each page in turn; what answers with an error makes the browser complain. */
async function visitAll(stage: Stage, visit: (path: string) => Promise<void>): Promise<void> {
  const { app, context } = stage;
  for (const path of ["/login", "/register", "/verify_email?token=x", "/nothing"]) {
    await openPath(stage, path);
    await visit(path);
  }
  const admin = await addAdmin(app);
  const { user_id } = await addPerson(app, "grace", { status: "suspended", status_reason: "Spam" });
  await addPerson(app, "ada", { locked_until: new Date(Date.now() + 3_600_000) });
  await signInBrowser(stage, admin);
  const paths = [
    "/admin",
    "/user_list",
    "/user_list?q=nobody",
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

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, viewport] of Object.entries(VIEWPORTS)) {
    browserTest(`axe finds nothing on any page, ${colorScheme} and ${name}`, async (stage) => {
      const found: Record<string, string[]> = {};
      await visitAll(stage, async (path) => {
        const faults = await findA11yFaults(stage.page);
        const { scrollWidth, clientWidth } = await stage.page.evaluate(() =>
          document.documentElement
        );
        if (scrollWidth > clientWidth) faults.push(`${scrollWidth - clientWidth} px too wide`);
        if (faults.length > 0) found[path] = faults;
      });
      assert.deepEqual(found, {});
      // Pages that say 404, which the browser reports.
      const complaints = stage.faults.splice(0).filter((fault) => !fault.includes("404"));
      assert.deepEqual(complaints, []);
    }, { colorScheme, viewport, bypassCSP: true });
  }
}

browserTest("the policy of the pages lets all that is theirs through", async (stage) => {
  await visitAll(stage, () => Promise.resolve());
  assert.deepEqual(stage.faults.splice(0).filter((fault) => !fault.includes("404")), []);
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
