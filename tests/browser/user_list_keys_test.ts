import assert from "node:assert/strict";
import { browserTest } from "@/tests/kit/browser.ts";
import { addPerson } from "@/tests/kit/people.ts";
import { focusedName, openList } from "./open_list.ts";
import { openPath } from "./sign_in.ts";

browserTest(
  "keys move between users, search, edit and suspend, and a dialog shows them",
  async (stage) => {
    const ada = await addPerson(stage.app, "ada");
    const bo = await addPerson(stage.app, "bo");
    const { page, admin } = await openList(stage);
    const rowOf = ({ user_id }: { user_id: number }) => `user_${user_id}`;
    const moves = [["j", ada], ["j", admin], ["ArrowDown", bo], ["j", bo], ["k", admin]] as const;
    for (const [key, person] of moves) {
      await page.keyboard.press(key);
      assert.equal(await focusedName(page), rowOf(person), key);
    }
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("e");
    const editor = page.getByRole("dialog", { name: "Edit ada" });
    await editor.waitFor();
    await page.keyboard.press("Escape");
    await editor.waitFor({ state: "hidden" });
    assert.equal(await focusedName(page), rowOf(ada), "the focus comes back to the row");
    const tick = page.getByRole("checkbox", { name: "Tick ada" });
    await page.keyboard.press("x");
    assert.ok(await tick.isChecked());
    assert.equal(await focusedName(page), rowOf(ada), "x leaves the focus on the row");
    await page.keyboard.press("s");
    const question = page.getByRole("dialog", { name: "Suspend ada" });
    await question.getByLabel("Reason").press("j");
    assert.equal(await question.getByLabel("Reason").inputValue(), "j", "not while typing");
    await question.getByRole("button", { name: "Suspend" }).click();
    await page.getByText("ada is suspended").waitFor();
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keys of this list" });
    await help.getByText("edits the user").waitFor();
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "hidden" });
    await page.keyboard.press("/");
    assert.equal(await focusedName(page), "q");
    await page.keyboard.type("j?");
    assert.equal(await page.locator("#q").inputValue(), "j?");
  },
);

browserTest(
  "the box in the head of the list ticks all users of the page or none, and ticks are sent",
  async (stage) => {
    await addPerson(stage.app, "ada");
    await addPerson(stage.app, "bo");
    const { page } = await openList(stage);
    const all = page.getByRole("checkbox", { name: "Tick all users of this page" });
    const ticks = page.getByRole("checkbox", { name: /^Tick (?!all)/ });
    const areChecked = async () =>
      await Promise.all((await ticks.all()).map((tick) => tick.isChecked()));
    await all.check();
    assert.deepEqual(await areChecked(), [true, true, true]);
    await page.getByRole("checkbox", { name: "Tick bo" }).uncheck();
    assert.equal(await all.evaluate((it: HTMLInputElement) => it.indeterminate), true);
    await all.check();
    assert.deepEqual(await areChecked(), [true, true, true]);
    await all.uncheck();
    assert.deepEqual(await areChecked(), [false, false, false]);
    await page.getByRole("checkbox", { name: "Tick bo" }).check();
    await page.getByLabel("Action", { exact: true }).selectOption({ label: "Suspend …" });
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("heading", { name: "Suspend 1 user" }).waitFor();
  },
);

browserTest(
  "a compact list shows 16 users on a laptop, and keeps its head in view",
  async (stage) => {
    for (let i = 0; i < 24; i++) await addPerson(stage.app, `person${i}`);
    const { page } = await openList(stage);
    await page.setViewportSize({ width: 1440, height: 900 });
    await openPath(stage, "/user_list?density=compact");
    const bottoms = await page.locator(".users-table tbody tr").evaluateAll((rows) =>
      rows.map((row) => row.getBoundingClientRect().bottom)
    );
    assert.ok(bottoms.filter((bottom) => bottom <= 900).length >= 16, bottoms.join());
    await page.evaluate(() => scrollTo(0, 500));
    const heads = await page.locator(".users-table th, .topbar").evaluateAll((all) =>
      all.map((head) => head.getBoundingClientRect().bottom)
    );
    assert.ok(heads.every((bottom) => bottom > 0 && bottom < 120), heads.join());
  },
);
