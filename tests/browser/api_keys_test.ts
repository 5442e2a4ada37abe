import assert from "node:assert/strict";
import { askWith } from "@/tests/kit/api_keys.ts";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addAdmin } from "@/tests/kit/people.ts";
import { signInBrowser } from "./sign_in.ts";

/** Makes a key on its page. Returns its token as the page shows it. */
async function makeKey(stage: Stage): Promise<string> {
  const { page } = stage;
  await page.getByLabel("Name", { exact: true }).fill("Nightly export");
  await page.getByLabel("See all users").check();
  await page.getByLabel("Ends after").selectOption("30 days");
  await page.getByRole("button", { name: "Make the key" }).click();
  await page.getByText("It is not shown again").waitFor();
  return await page.locator(".secret-text").innerText();
}

const usersStatus = async ({ app }: Stage, token: string) =>
  (await askWith(app, token)("GET", "/user_list")).status;

browserTest("an API key is made, copied, used and ended", async (stage) => {
  const { page, context } = stage;
  await signInBrowser(stage, await addAdmin(stage.app));
  await page.goto("/profile");
  await page.getByRole("link", { name: "API keys" }).first().click();
  await page.getByText("There are none.").waitFor();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const token = await makeKey(stage);
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), token);
  assert.equal(await usersStatus(stage, token), 200);
  await page.getByRole("link", { name: "Done" }).click();
  await page.getByRole("button", { name: "End key Nightly export" }).waitFor();
  assert.ok(!(await page.content()).includes(token));
  await page.getByRole("button", { name: "End key Nightly export" }).click();
  await page.getByText("The API key is ended.").waitFor();
  assert.equal(await usersStatus(stage, token), 401);
});

browserTest("without JavaScript an API key is made, shown and ended", async (stage) => {
  const { page } = stage;
  await signInBrowser(stage, await addAdmin(stage.app));
  await page.goto("/api_keys");
  const token = await makeKey(stage);
  assert.equal(await page.getByRole("button", { name: "Copy" }).count(), 0);
  assert.equal(await usersStatus(stage, token), 200);
  await page.getByRole("link", { name: "Done" }).click();
  await page.getByRole("button", { name: "End key Nightly export" }).click();
  await page.getByText("The API key is ended.").waitFor();
  assert.equal(await usersStatus(stage, token), 401);
}, { javaScriptEnabled: false });
