import assert from "node:assert/strict";
import { browserTest } from "@/tests/kit/browser.ts";
import { addPerson, PASSWORD } from "@/tests/kit/people.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

browserTest("every password can be shown while it is typed", async (stage) => {
  const { page, app } = stage;
  const person = await addPerson(app, "grace");
  const fields: Record<string, string[]> = {
    "/login": ["Password"],
    "/register": ["Password", "Password again"],
    "/change_password": ["Current password", "New password", "New password again"],
    [`/edit_user?user_id=${person.user_id}`]: ["Current password"],
  };
  for (const [path, labels] of Object.entries(fields)) {
    if (path === "/change_password") await signInBrowser(stage, person);
    await openPath(stage, path);
    for (const label of labels) {
      const field = page.locator("input[type=password]").and(page.getByLabel(label)).first();
      const input = await field.elementHandle();
      await field.fill(PASSWORD);
      const name = label.toLowerCase();
      await page.getByRole("button", { name: `Show ${name}`, exact: true }).click();
      assert.equal(await input!.getAttribute("type"), "text", `${path} ${label}`);
      assert.equal(await input!.inputValue(), PASSWORD);
      await page.getByRole("button", { name: `Hide ${name}`, exact: true }).click();
      assert.equal(await input!.getAttribute("type"), "password", `${path} ${label}`);
    }
  }
});

browserTest("a password that is shown is sent as a password", async (stage) => {
  const { page, app } = stage;
  await addPerson(app, "grace");
  await openPath(stage, "/login");
  await page.getByLabel("Username").fill("grace");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Show password" }).click();
  const types = await page.evaluate(() =>
    new Promise((resolve) => {
      const form = document.querySelector("form")!;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        resolve(form.querySelector<HTMLInputElement>("#password")!.type);
      });
      form.requestSubmit();
    })
  );
  assert.equal(types, "password");
});

browserTest("without script no button promises to show a password", async ({ page }) => {
  await page.goto("/login");
  assert.equal(await page.getByRole("button", { name: "Show" }).count(), 0);
  assert.equal(await page.locator(".show-button").count(), 1);
}, { javaScriptEnabled: false });
