import assert from "node:assert/strict";
import { findA11yFaults } from "@/tests/kit/a11y.ts";
import { browserTest } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson } from "@/tests/kit/people.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

browserTest(
  "users are found while typing on every page of admins, and opened by keyboard or mouse",
  async (stage) => {
    const { page, app } = stage;
    for (let i = 1; i <= 7; i++) await addPerson(app, `grace${i}`);
    const { user_id } = await addPerson(app, "ada");
    await signInBrowser(stage, await addAdmin(app));
    await openPath(stage, "/settings");
    const field = page.getByRole("combobox", { name: "Find a user" });
    const options = page.getByRole("listbox", { name: "Users" }).getByRole("option");
    await field.pressSequentially("grace");
    await page.getByText("The first 6 of 7 users").waitFor();
    assert.equal(await options.count(), 6);
    assert.deepEqual(await findA11yFaults(page), []);
    await field.press("ArrowUp");
    assert.match(await options.last().getAttribute("aria-selected") ?? "", /true/);
    await field.press("Escape");
    await options.first().waitFor({ state: "detached" });
    assert.equal(await field.inputValue(), "grace", "Escape closes the list first");
    await field.fill("ada");
    await options.waitFor();
    await field.press("ArrowDown");
    assert.equal(
      await field.getAttribute("aria-activedescendant"),
      await options.getAttribute("id"),
    );
    await field.press("Enter");
    await page.waitForURL(`**/user?user_id=${user_id}`);
    await field.fill("grace");
    await page.getByRole("link", { name: "See all that match" }).click();
    await page.waitForURL("**/user_list?q=grace");
    const search = page.getByRole("combobox", { name: "Search" });
    assert.equal(await search.inputValue(), "grace");
    await search.fill("zzzz");
    await page.getByRole("paragraph").filter({ hasText: "No user matches" }).waitFor();
    await search.fill("ada");
    await options.click();
    await page.waitForURL(`**/user?user_id=${user_id}`);
    await field.fill("grace");
    await field.press("Enter");
    await page.waitForURL("**/user_list?q=grace");
  },
  { bypassCSP: true },
);
