import assert from "node:assert/strict";
import type { Request } from "playwright-core";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addPerson, PASSWORD } from "@/tests/kit/people.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

browserTest(
  "a visitor registers and is signed in, signs out, and signs in again",
  async (stage) => {
    const { page } = stage;
    await openPath(stage, "/register");
    await page.getByLabel("Username").fill("grace");
    await page.getByLabel("E-mail address").fill("grace@example.org");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Password again").fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.waitForURL("**/profile");
    await page.getByText("Your account is ready, and you are signed in").waitFor();
    await page.getByRole("button", { name: "Account of grace" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/login");
    await page.getByText("You are signed out").waitFor();

    await page.getByLabel("Username or e-mail address").fill("grace");
    await page.getByLabel("Password", { exact: true }).fill("not my password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("Name or password is wrong").waitFor();
    assert.equal(await page.getByLabel("Username or e-mail address").inputValue(), "grace");
    assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
    // The browser itself logs the refusal.
    stage.faults.splice(0);

    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/profile");
    await page.getByRole("heading", { name: "grace" }).waitFor();
  },
);

/** Types a password and returns the bar's state once its label is `word`. */
async function strengthOf({ page }: Stage, password: string, word: string) {
  await page.getByLabel("Password", { exact: true }).fill(password);
  const text = page.locator(".meter-text").filter({ hasText: word });
  await text.waitFor();
  const bar = page.getByRole("progressbar", { name: "Strength of the password" });
  const color = await bar.evaluate((meter) => getComputedStyle(meter).getPropertyValue("--meter"));
  return { text: await text.innerText(), color, value: await bar.getAttribute("value") };
}

browserTest("the strength bar goes from red to green, with a label and advice", async (stage) => {
  await openPath(stage, "/register");
  const { page } = stage;
  await page.getByLabel("Username").fill("hopper1906");
  const weak = await strengthOf(stage, "password", "Very weak");
  assert.deepEqual([weak.color, weak.value], ["#c8372d", "1"]);
  const strong = await strengthOf(stage, PASSWORD, "Strong");
  assert.deepEqual([strong.color, strong.value], ["#23854f", "5"]);
  // The user's own name, which an attacker would try first.
  const own = await strengthOf(stage, "hopper1906", "Very weak");
  assert.match(own.text, /Very weak: .*[a-z]{4}/);
});

browserTest("the dictionaries of the strength bar load when the field is used", async (stage) => {
  const { page } = stage;
  const scripts: number[] = [];
  page.on("response", async (response) => {
    if (!response.url().endsWith(".js")) return;
    scripts.push((await response.body()).length);
  });
  await openPath(stage, "/register");
  assert.ok(Math.max(...scripts) < 100_000, `${Math.max(...scripts)} bytes`);
  await page.getByLabel("Password", { exact: true }).focus();
  await page.getByLabel("Password", { exact: true }).fill("password");
  await page.locator(".meter-text strong").waitFor();
  assert.ok(Math.max(...scripts) > 100_000);
});

browserTest("letters of other alphabets are scored by their keys", async (stage) => {
  await openPath(stage, "/register");
  const { text } = await strengthOf(stage, "йцукенгшщз", "Very weak");
  assert.match(text, /Very weak: .*[a-z]{4}/);
});

browserTest("the address is checked while typing, and the last answer wins", async (stage) => {
  const { page, app } = stage;
  await addPerson(app, "ada", { email: "ada@example.org" });
  // The first question is answered after the second.
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const isFirst = (request: Request) => request.postData()?.includes("ada@example.org") ?? false;
  await page.route("**/email_exists", async (route) => {
    if (isFirst(route.request())) await released;
    await route.continue().catch(() => {});
  });
  await openPath(stage, "/register");
  const email = page.getByLabel("E-mail address");
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  const end = (request: Request) => isFirst(request) && settle();
  page.on("requestfinished", end).on("requestfailed", end);
  const asked = page.waitForRequest(isFirst);
  await email.fill("ada@example.org");
  await asked;
  await email.fill("grace@example.org");
  await page.getByText("This address is free").waitFor();
  release();
  await settled;
  await page.getByText("This address is free").waitFor();
  assert.equal(await page.getByText("This address is taken").count(), 0);

  await page.unroute("**/email_exists");
  await email.fill("ADA@example.org");
  await page.getByText("This address is taken").waitFor();
  await email.fill("ada@");
  await page.getByText("Enter an address such as").waitFor();
});

browserTest("a user changes the password", async (stage) => {
  const { page, app } = stage;
  const person = await addPerson(app, "grace");
  await signInBrowser(stage, person);
  await openPath(stage, "/change_password");
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByLabel("New password", { exact: true }).fill("eleven orange turtles");
  await page.getByLabel("New password again").fill("eleven orange turtles");
  await page.getByRole("main").getByRole("button", { name: "Change password" }).click();
  await page.waitForURL("**/profile");
  await page.getByText("Your password is changed").waitFor();
});

browserTest("the colours can be switched and stay switched", async (stage) => {
  const { page } = stage;
  await openPath(stage, "/login");
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("button", { name: "Dark" }).click();
  await page.locator("html[data-bs-theme=dark]").waitFor();
  const dark = await background();
  assert.notEqual(dark, light);
  await openPath(stage, "/register");
  assert.equal(await background(), dark);
  await page.getByRole("button", { name: "System" }).click();
  await page.locator("html:not([data-bs-theme=dark])").waitFor();
  assert.equal(await background(), light);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.equal(await background(), dark);
});
