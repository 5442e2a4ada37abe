import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { parseCrop, type PictureCrop } from "@/lib/shared/images.ts";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addPerson } from "@/tests/kit/people.ts";
import { redAndBlue } from "@/tests/storage/pictures.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

/** Chooses a picture on the page that edits the profile. */
async function choosePicture(stage: Stage): Promise<void> {
  const { page, app } = stage;
  const person = await addPerson(app, "grace");
  await signInBrowser(stage, person);
  await openPath(stage, `/edit_user?user_id=${person.user_id}`);
  await page.getByLabel("Picture", { exact: true }).setInputFiles({
    name: "photo.png",
    mimeType: "image/png",
    buffer: await redAndBlue("png"),
  });
  await preview(page).waitFor();
}

const preview = (page: Page) => page.getByRole("application", { name: /Part of the picture/ });

/** The crop that the form would send. */
async function cropOf(page: Page): Promise<PictureCrop> {
  return parseCrop(await page.locator("input[name=image_crop]").inputValue())!;
}

browserTest("a picture is cropped by keys", async (stage) => {
  const { page } = stage;
  await choosePicture(stage);
  const whole = await cropOf(page);
  await preview(page).focus();
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  const zoomed = await cropOf(page);
  assert.ok(zoomed.side < whole.side);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  const moved = await cropOf(page);
  assert.ok(moved.left > zoomed.left && moved.top > zoomed.top);
  await page.keyboard.press("-");
  assert.ok((await cropOf(page)).side > moved.side);
});

browserTest("a picture is cropped by dragging and scrolling", async (stage) => {
  const { page } = stage;
  await choosePicture(stage);
  const { x, y, width, height } = (await preview(page).boundingBox())!;
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  await page.mouse.move(middleX, middleY);
  await page.mouse.wheel(0, -100);
  await page.mouse.wheel(0, -100);
  const zoomed = await cropOf(page);
  assert.ok(zoomed.side < 1);
  await page.mouse.down();
  await page.mouse.move(middleX - 20, middleY - 10);
  await page.mouse.up();
  const dragged = await cropOf(page);
  assert.ok(dragged.left > zoomed.left && dragged.top > zoomed.top);
  await page.mouse.move(middleX + 20, middleY + 20);
  assert.deepEqual(await cropOf(page), dragged, "only while it is pressed");
});

browserTest("a picture is cropped by pinching", async (stage) => {
  const { page, context } = stage;
  await choosePicture(stage);
  const { x, y, width, height } = (await preview(page).boundingBox())!;
  const session = await context.newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...spread: number[]) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: spread.map((by, id) => ({ x: x + width / 2 + by, y: y + height / 2, id })),
    });
  await touch("touchStart", -20, 20);
  await touch("touchMove", -40, 40);
  await touch("touchEnd");
  const { side } = await cropOf(page);
  assert.ok(side > 0.45 && side < 0.6, `${side}`);
});
