/** Texts that are long, or run from right to left, and readers who need room or colours of their own. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import sharp from "sharp";
import { inTransaction } from "@/lib/db/transaction.ts";
import { upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { FULL_NAME_MAX_CHARS } from "@/lib/shared/limits.ts";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson, PASSWORD, type Person } from "@/tests/kit/people.ts";
import { contrastOf, luminance } from "./contrast.ts";
import { LONGEST_PROFILE } from "./longest.ts";
import { findCutTexts, findOverflow } from "./places.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

async function describe({ app }: Stage, person: Person, full_name: string, bio = "") {
  await app.services.db.updateTable("user_profiles").set({ full_name, bio })
    .where("user_id", "=", person.user_id).execute();
}

browserTest("the longest profile is not wider than the window, 320 to 1440 px", async (stage) => {
  const { page, app } = stage;
  const person = await addPerson(app, "grace");
  await inTransaction(
    app.services.db,
    (tx) => upsertUserProfile(tx, person.user_id, LONGEST_PROFILE),
  );
  await signInBrowser(stage, person);
  const found: string[] = [];
  for (const path of ["/profile", `/edit_user?user_id=${person.user_id}`]) {
    await openPath(stage, path);
    for (const width of [320, 360, 768, 992, 1280, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      const complaints = [...await findOverflow(page), ...await findCutTexts(page)];
      found.push(...complaints.map((it) => `${path} (${width} px): ${it}`));
    }
  }
  assert.deepEqual(found, []);
});

const isWhole = (name: Locator) => name.evaluate((it) => it.scrollWidth <= it.clientWidth);

for (const width of [360, 1440]) {
  browserTest(
    `the longest full name leaves the username in the row, ${width} px wide`,
    async (stage) => {
      const { page, app } = stage;
      const longest = "N".repeat(FULL_NAME_MAX_CHARS);
      await describe(stage, await addPerson(app, "grace"), longest);
      await signInBrowser(stage, await addAdmin(app));
      await page.setViewportSize({ width, height: 800 });
      await openPath(stage, "/user_list");
      const row = page.getByRole("row").filter({ hasText: "grace" });
      const [names, username] = [row.locator(".person-names"), row.getByTitle("grace").first()];
      assert.ok(await isWhole(username));
      const [outer, inner] = [await names.boundingBox(), await username.boundingBox()];
      assert.ok(inner!.x + inner!.width <= outer!.x + outer!.width + 1);
      assert.equal(await isWhole(row.getByTitle(longest)), false, "cut, with the whole in a title");
      assert.deepEqual(await findOverflow(page), []);
    },
  );
}

browserTest(
  "right-to-left text is shown from right to left, and nothing around it is",
  async (stage) => {
    const { page, app } = stage;
    const admin = await addAdmin(app, "نادية");
    await describe(stage, admin, "نادية", "مرحبا بالعالم.");
    await signInBrowser(stage, admin);
    await openPath(stage, "/profile");
    const directionOf = (it: Locator) =>
      it.evaluate((element) => getComputedStyle(element).direction);
    assert.equal(await directionOf(page.locator(".profile-bio")), "rtl");
    assert.equal(await directionOf(page.getByRole("heading", { level: 1 })), "rtl");
    assert.equal(await directionOf(page.getByRole("main")), "ltr");
    await page.getByRole("link", { name: "Edit profile" }).click();
    assert.equal(await directionOf(page.getByLabel("Full name")), "rtl");
    // A sentence about a user keeps the order of its words.
    await openPath(stage, `/delete_user?user_id=${admin.user_id}`);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.waitForURL("**/delete_user*");
    const isolated = page.getByRole("main").locator("bdi").first();
    assert.equal(await isolated.innerText(), "نادية");
    assert.equal(await directionOf(isolated), "rtl");
  },
);

browserTest("on a very wide screen the content is centred", async (stage) => {
  const { page, app } = stage;
  await signInBrowser(stage, await addAdmin(app));
  await page.setViewportSize({ width: 2560, height: 1440 });
  for (const path of ["/admin", "/user_list", "/profile", "/change_password"]) {
    await openPath(stage, path);
    const { left, right } = await page.getByRole("main").evaluate((main) => {
      const [inner, bar] = [main, document.querySelector(".topbar")!].map((it) =>
        it.getBoundingClientRect()
      );
      return { left: inner!.left - bar!.left, right: bar!.right - inner!.right };
    });
    assert.ok(Math.abs(left - right) <= 1, `${path}: ${left} px left, ${right} px right`);
  }
});

browserTest("a switch shows its state in forced-colours mode", async (stage) => {
  const { page, app } = stage;
  await addPerson(app, "ada");
  await addPerson(app, "grace", { status: "suspended" });
  await signInBrowser(stage, await addAdmin(app));
  await page.emulateMedia({ forcedColors: "active" });
  await openPath(stage, "/user_list");
  const sides = { ada: await findKnob(page, "ada"), grace: await findKnob(page, "grace") };
  assert.deepEqual(sides, { ada: "right", grace: "left" });
});

/** Finds the side of its track on which a switch's knob is seen, by a contrast of at least 3:1. */
async function findKnob(page: Page, name: string): Promise<"left" | "right" | undefined> {
  const box = (await page.getByRole("switch", { name: new RegExp(name) }).boundingBox())!;
  const [width, height] = [36, 20];
  const clip = { x: box.x, y: box.y + (box.height - height) / 2, width, height };
  const { data, info } = await sharp(await page.screenshot({ clip })).removeAlpha().raw()
    .toBuffer({ resolveWithObject: true });
  const [left = 0, right = 0] = [10, width - 10].map((column) => {
    const at = (height / 2 * info.width + column) * info.channels;
    return luminance(data.subarray(at, at + 3));
  });
  if (contrastOf(left, right) < 3) return undefined;
  const middle = (height / 2 * info.width + width / 2) * info.channels;
  const track = luminance(data.subarray(middle, middle + 3));
  return contrastOf(left, track) > contrastOf(right, track) ? "left" : "right";
}
