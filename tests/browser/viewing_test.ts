/** The bar that tells admins that they act as another user. */
import assert from "node:assert/strict";
import { inTransaction } from "@/lib/db/transaction.ts";
import { upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { USERNAME_MAX_CHARS } from "@/lib/shared/limits.ts";
import { findA11yFaults } from "@/tests/kit/a11y.ts";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson, type Person } from "@/tests/kit/people.ts";
import { viewingAs } from "@/tests/kit/viewing.ts";
import { LONGEST_PROFILE } from "./longest.ts";
import { applyLook, findOverflow, looksOf, OWN_PATHS, PUBLIC_PATHS } from "./places.ts";
import { openPath, signInBrowser, useCookiesOf } from "./sign_in.ts";

const ENVIRONMENT = { IMPERSONATION: "on" };

/** A page of each layout, which axe looks at. */
const WHOLE = ["/login", "/profile", "/admin"];

/** Views as a user with the longest names. */
async function viewLongest(stage: Stage): Promise<Person> {
  const { app } = stage;
  const user = await addPerson(app, "y".repeat(USERNAME_MAX_CHARS));
  await inTransaction(
    app.services.db,
    (tx) => upsertUserProfile(tx, user.user_id, LONGEST_PROFILE),
  );
  await useCookiesOf(stage, await viewingAs(app, await addAdmin(app), user));
  return user;
}

browserTest(
  "while an admin views as a user, every page has the bar, light or dark, narrow or wide",
  async (stage) => {
    const { page, faults } = stage;
    const { user_id } = await viewLongest(stage);
    const found: string[] = [];
    const own = [`/edit_user?user_id=${user_id}`, `/delete_user?user_id=${user_id}`, "/admin"];
    for (const [index, path] of [...PUBLIC_PATHS, ...OWN_PATHS, ...own].entries()) {
      await openPath(stage, path);
      const bar = page.getByRole("region", { name: "Viewing as somebody else" });
      for (const look of looksOf(index)) {
        await applyLook(stage, look);
        const complaints = [
          ...await bar.isVisible() ? [] : ["no bar"],
          ...WHOLE.includes(path) ? await findA11yFaults(page) : [],
          ...await findOverflow(page),
        ];
        found.push(
          ...complaints.map((it) => `${path} (${look.colorScheme}, ${look.width} px): ${it}`),
        );
      }
    }
    assert.deepEqual(found, []);
    assert.deepEqual(faults.splice(0).filter((it) => !/a status of (403|404)/.test(it)), []);
  },
  { bypassCSP: true, environment: ENVIRONMENT },
);

browserTest(
  "an admin begins to view from the list and stops by keyboard, right after the skip link",
  async (stage) => {
    const { page, app } = stage;
    await signInBrowser(stage, await addAdmin(app, "bo"));
    await addPerson(app, "ana");
    await openPath(stage, "/user_list");
    await page.getByRole("link", { name: "View as ana" }).click();
    await page.getByRole("heading", { name: "View as ana" }).waitFor();
    assert.deepEqual(await findA11yFaults(page), []);
    await page.getByLabel("Reason").fill("Ticket 7");
    await page.getByRole("button", { name: "View" }).click();
    await page.getByRole("button", { name: "Stop viewing" }).waitFor();
    for (let presses = 0; presses < 2; presses++) await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Stop viewing");
    await page.keyboard.press("Enter");
    await page.getByText("You are yourself again").waitFor();
    assert.equal(new URL(page.url()).pathname, "/user_list");
    assert.equal(await page.getByRole("button", { name: "Stop viewing" }).count(), 0);
  },
  { bypassCSP: true, environment: ENVIRONMENT },
);

browserTest(
  "the bar stays in sight while scrolling, and has an edge in forced colours and in print",
  async (stage) => {
    const { page } = stage;
    await viewLongest(stage);
    await page.setViewportSize({ width: 360, height: 740 });
    await openPath(stage, "/profile");
    const bar = page.getByRole("region", { name: "Viewing as somebody else" });
    await page.mouse.wheel(0, 5_000);
    await page.waitForFunction(() => scrollY > 100);
    const { y, height } = (await bar.boundingBox())!;
    assert.ok(y >= 0 && y + height <= 740, `${y}, ${height}`);
    const edge = () => bar.evaluate((it) => getComputedStyle(it).borderBottomWidth);
    await page.emulateMedia({ forcedColors: "active" });
    assert.equal(await edge(), "3px");
    await page.emulateMedia({ media: "print", forcedColors: "none" });
    assert.ok(await bar.isVisible());
    assert.equal(await edge(), "3px");
  },
  { environment: ENVIRONMENT },
);
