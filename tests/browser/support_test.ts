/** What support sees: the list, a user and an address, at each width and in both colour modes. */
import assert from "node:assert/strict";
import { findA11yFaults } from "@/tests/kit/a11y.ts";
import { browserTest } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson } from "@/tests/kit/people.ts";
import { applyLook, findOverflow, LOOKS } from "./places.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

browserTest("support comes from the list to a masked user and to the address", async (stage) => {
  const { app, page } = stage;
  await addAdmin(app, "ada");
  await addPerson(app, "grace", { email: `${"y".repeat(60)}@example.org` });
  await signInBrowser(stage, await addPerson(app, "sue", { role: "support" }));
  const found: string[] = [];
  const look = async (name: string) => {
    for (const one of LOOKS) {
      await applyLook(stage, one);
      const faults = [...await findA11yFaults(page), ...await findOverflow(page)];
      found.push(...faults.map((it) => `${name} (${one.colorScheme}, ${one.width} px): ${it}`));
    }
  };
  await openPath(stage, "/");
  assert.equal(await page.getByRole("link", { name: /^(Edit|Delete) / }).count(), 0);
  assert.equal(await page.getByRole("switch").count(), 0);
  await look("list");
  await page.getByRole("link", { name: "grace" }).click();
  await page.getByText("y•••@e•••.org, not confirmed").waitFor();
  await look("user");
  await page.getByRole("button", { name: "Show the address" }).click();
  await page.getByText("@example.org").waitFor();
  await look("address");
  await page.getByRole("link", { name: "Back to the user" }).click();
  await page.getByText("sue looked at the address of grace").waitFor();
  assert.deepEqual(found, []);
}, { bypassCSP: true });
