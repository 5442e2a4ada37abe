import assert from "node:assert/strict";
import jsqr from "jsqr";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { stepAt, totpCode } from "@/lib/crypto/totp.ts";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addPerson, PASSWORD } from "@/tests/kit/people.ts";
import { forgetSteps } from "@/tests/kit/second_factor.ts";
import { signInBrowser } from "./sign_in.ts";

/** Reads the QR code of the page as a phone does: from the picture. */
async function readQrCode(page: Page): Promise<string> {
  const png = await page.getByRole("img", { name: "QR code" }).screenshot();
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const found = jsqr.default(new Uint8ClampedArray(data), info.width, info.height);
  assert.ok(found, "the picture has a QR code");
  return found.data;
}

/** Sets up an authenticator by what the page shows. Returns its secret and the recovery codes. */
async function setUp(stage: Stage): Promise<{ secret: string; codes: string[] }> {
  const { page } = stage;
  await signInBrowser(stage, await addPerson(stage.app, "ana"));
  await page.goto("/security");
  await page.getByRole("button", { name: "Set up an authenticator" }).click();
  const uri = new URL(await readQrCode(page));
  assert.equal(uri.protocol, "otpauth:");
  const secret = uri.searchParams.get("secret")!;
  await page.getByLabel("Code of your authenticator").fill(
    await totpCode(secret, stepAt(new Date())),
  );
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
  const codes = await page.locator(".recovery-codes li").allInnerTexts();
  assert.equal(codes.length, 10);
  return { secret, codes };
}

async function signInWith(stage: Stage, secret: string): Promise<void> {
  const { page, context, app } = stage;
  await context.clearCookies();
  await forgetSteps(app);
  await page.goto("/login?next=/security");
  await page.getByLabel("Username").fill("ana");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/two_factor?next=%2Fsecurity");
  await page.getByLabel("Code of your authenticator").fill(
    await totpCode(secret, stepAt(new Date())),
  );
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/security");
}

browserTest("the QR code sets up an authenticator, which then signs in", async (stage) => {
  const { page } = stage;
  const { secret, codes } = await setUp(stage);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const file = await (await download).path();
  assert.equal(await Deno.readTextFile(file), `${codes.join("\n")}\n`);
  await page.getByRole("button", { name: "Print" }).waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  assert.match(page.url(), /\/set_up_two_factor$/, "not without the tick");
  await page.getByLabel("I have stored them").check();
  await page.getByRole("button", { name: "Done" }).click();
  await page.waitForURL("**/security");
  await page.getByText("10 left").waitFor();
  await signInWith(stage, secret);
});

browserTest(
  "without JavaScript an authenticator is set up and signs in, and so does a recovery code",
  async (stage) => {
    const { page, context } = stage;
    const { secret, codes } = await setUp(stage);
    assert.equal(await page.getByRole("button", { name: "Copy" }).count(), 0);
    await page.getByLabel("I have stored them").check();
    await page.getByRole("button", { name: "Done" }).click();
    await page.waitForURL("**/security");
    await signInWith(stage, secret);
    await context.clearCookies();
    await page.goto("/login");
    await page.getByLabel("Username").fill("ana");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Use a recovery code instead" }).click();
    await page.getByLabel("Recovery code").fill(codes[0]!.toLowerCase());
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/security");
    await page.getByText("9 left").waitFor();
  },
  { javaScriptEnabled: false },
);

browserTest("a page that needs a proof asks for the password and then opens", async (stage) => {
  const { page, app } = stage;
  await signInBrowser(stage, await addPerson(app, "ana"));
  await app.services.db.updateTable("sessions")
    .set({ proven_at: new Date(Date.now() - 3_600_000) }).execute();
  await page.goto("/security");
  await page.getByRole("link", { name: "Change password" }).last().click();
  await page.getByRole("heading", { name: "Confirm that it is you" }).waitFor();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "Change password" }).waitFor();
});
