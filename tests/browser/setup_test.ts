import assert from "node:assert/strict";
import { SETUP_TOKEN } from "@/tests/kit/app.ts";
import { browserTest } from "@/tests/kit/browser.ts";
import { PASSWORD } from "@/tests/kit/people.ts";

for (const javaScriptEnabled of [true, false]) {
  browserTest(
    `a link makes the first admin ${javaScriptEnabled ? "with" : "without"} JavaScript`,
    async ({ page }) => {
      await page.goto("/");
      await page.getByText("This installation has no admin yet").waitFor();
      await page.goto(`/setup?token=${SETUP_TOKEN}`);
      assert.equal(new URL(page.url()).search, "");
      await page.getByLabel("Username").fill("ada");
      await page.getByLabel("E-mail address").fill("ada@example.org");
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      if (javaScriptEnabled) await page.getByText("Strong", { exact: false }).first().waitFor();
      await page.getByLabel("Password again").fill(PASSWORD);
      await page.getByRole("button", { name: "Create the admin" }).click();
      await page.waitForURL("**/admin");
      await page.getByText("You are the first admin").waitFor();
    },
    { javaScriptEnabled },
  );
}
