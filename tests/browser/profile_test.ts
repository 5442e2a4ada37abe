import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { browserTest } from "@/tests/kit/browser.ts";
import { accountOf, addPerson, everythingOf, PASSWORD } from "@/tests/kit/people.ts";
import { noise, redAndBlue } from "@/tests/storage/pictures.ts";
import { openModal, openPath, signInBrowser } from "./sign_in.ts";

browserTest("users edit their profile in a modal and see it saved", async (stage) => {
  const { page, app } = stage;
  const person = await addPerson(app, "grace");
  await signInBrowser(stage, person);
  await openPath(stage, "/profile");
  const modal = await openModal(page, "Edit profile");
  assert.equal(await modal.getByLabel("Username").count(), 0);
  await modal.getByLabel("Full name").fill("Grace Hopper");
  await modal.getByLabel("Website").fill("https://example.org/");
  await modal.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Your changes are saved").waitFor();
  await page.getByRole("heading", { name: "Grace Hopper" }).waitFor();
  assert.equal((await everythingOf(app, person))[1]?.website, "https://example.org/");
});

browserTest("refused input stays in the modal, with the reason at its field", async (stage) => {
  const { page, app } = stage;
  await addPerson(app, "ada");
  const person = await addPerson(app, "grace");
  await signInBrowser(stage, person);
  await openPath(stage, "/profile");
  const modal = await openModal(page, "Edit profile");
  await modal.getByLabel("Full name").fill("Grace");
  await modal.getByLabel("E-mail address").fill("new@example.org");
  const save = modal.getByRole("button", { name: "Save changes" });
  await save.click();
  await modal.getByText("Enter your current password to change the address").waitFor();
  assert.equal(await modal.getByLabel("Full name").inputValue(), "Grace");
  await modal.getByLabel("Current password").fill(PASSWORD);
  await modal.getByLabel("E-mail address").fill("ada@example.org");
  await save.click();
  await modal.getByText("Somebody has an account with this address already").waitFor();
  await modal.getByLabel("E-mail address").fill("new@example.org");
  stage.faults.splice(0);
  await save.click();
  await page.getByText("Your changes are saved").waitFor();
  assert.equal((await accountOf(app, person)).email, "new@example.org");
});

browserTest("an avatar is chosen, cropped and shown", async (stage) => {
  const { page, app } = stage;
  const person = await addPerson(app, "grace");
  await signInBrowser(stage, person);
  await openPath(stage, "/profile");
  const modal = await openModal(page, "Edit profile");
  const field = modal.getByLabel("Picture", { exact: true });
  await field.setInputFiles({
    name: "text.png",
    mimeType: "image/png",
    buffer: Buffer.from("no picture"),
  });
  await modal.locator(".field-error").waitFor();
  await field.setInputFiles({
    name: "large.png",
    mimeType: "image/png",
    buffer: await noise(1_600, 1_600, "png"),
  });
  await modal.getByText(/5 MiB/).first().waitFor();
  await field.setInputFiles({
    name: "photo.png",
    mimeType: "image/png",
    buffer: await redAndBlue("png"),
  });
  await modal.locator("canvas, .cropper").first().waitFor();
  await modal.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Your changes are saved").waitFor();
  const image = (await everythingOf(app, person))[1]?.image;
  assert.match(image ?? "", /^\/images\/[\da-f]{64}\.webp$/);
  const shown = page.locator(`img[src^="/images/"]`).first();
  const width = await shown.evaluate((img: HTMLImageElement) =>
    img.decode().then(() => img.naturalWidth)
  );
  assert.ok(width === 512 || width === 96);
});

browserTest("users delete their account after a proof, by typing their name", async (stage) => {
  const { page, app } = stage;
  const person = await addPerson(app, "grace");
  await signInBrowser(stage, person);
  await openPath(stage, "/profile");
  await page.getByRole("link", { name: "Delete account" }).click();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByLabel("Type your username").fill("grace");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await page.waitForURL("**/login");
  await page.getByText("We have sent you an e-mail that brings it back").waitFor();
  assert.deepEqual(await everythingOf(app, person), [undefined, undefined]);
});
