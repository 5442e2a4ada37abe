/** The edit modal: focus, unsaved changes, and conflicts. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson, everythingOf, type Person, signedIn } from "@/tests/kit/people.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

/** Opens the modal that edits `person`, by keyboard, as an admin. */
async function openEditor(stage: Stage, person: Person): Promise<Locator> {
  await signInBrowser(stage, await addAdmin(stage.app));
  await openPath(stage, "/user_list");
  return await pressEdit(stage.page, person);
}

async function pressEdit(page: Page, { username }: Person): Promise<Locator> {
  await page.getByRole("link", { name: `Edit ${username}` }).press("Enter");
  const modal = page.getByRole("dialog", { name: `Edit ${username}` });
  await modal.waitFor();
  return modal;
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute("name") ?? document.activeElement?.id);

/** Saves fields of `person` as another user. */
async function saveElsewhere(
  { app }: Stage,
  person: Person,
  fields: Record<string, string>,
): Promise<void> {
  const other = await signedIn(app, person);
  const answer = await other.sendJson("PUT", "/edit_user", { user_id: person.user_id, ...fields });
  assert.equal(answer.status, 200, answer.text);
}

browserTest("the first focus of the modal is its first field", async (stage) => {
  await openEditor(stage, await addPerson(stage.app, "grace"));
  assert.equal(await focused(stage.page), "username");
});

for (const [width, height] of [[1440, 900], [768, 700], [360, 640]] as const) {
  browserTest(`Save is in view, whatever has the focus, at ${width} x ${height}`, async (stage) => {
    const { page } = stage;
    const modal = await openEditor(stage, await addPerson(stage.app, "grace"));
    await page.setViewportSize({ width, height });
    const save = modal.getByRole("button", { name: "Save changes" });
    for (const name of ["username", "bio", "image"]) {
      const control = modal.locator(`[name=${name}]`);
      await control.focus();
      const [field, foot] = [await control.boundingBox(), await save.boundingBox()];
      assert.ok(foot && foot.y >= 0 && foot.y + foot.height <= height, name);
      assert.ok(field && field.y + Math.min(field.height, 40) <= foot.y, `${name} is covered`);
    }
  }, { viewport: { width, height } });
}

browserTest("typed changes are lost only after a question", async (stage) => {
  const { page, app } = stage;
  const person = await addPerson(app, "grace");
  const modal = await openEditor(stage, person);
  await modal.getByLabel("Full name").fill("Grace Hopper");
  const question = page.getByRole("dialog", { name: "Discard your changes?" });
  const ways = [
    () => page.keyboard.press("Escape"),
    () => page.mouse.click(5, 5),
    () => modal.getByRole("button", { name: "Cancel" }).click(),
    () => modal.getByRole("button", { name: "Close" }).click(),
  ];
  for (const close of ways) {
    // A second Escape only answers the question, however often it is pressed.
    for (const keep of ["Escape", "Enter"]) {
      await close();
      await question.waitFor();
      await page.keyboard.press(keep);
      // The page gets the answer a moment after the question has disappeared.
      await page.getByText("Discard your changes?").waitFor({ state: "detached" });
      assert.equal(await modal.getByLabel("Full name").inputValue(), "Grace Hopper");
    }
  }
  await page.keyboard.press("Escape");
  await question.getByRole("button", { name: "Discard changes" }).click();
  await modal.waitFor({ state: "hidden" });
  assert.equal(
    await page.getByRole("link", { name: "Edit grace" }).evaluate((it) =>
      it === document.activeElement
    ),
    true,
  );
  const again = await pressEdit(page, person);
  assert.equal(await again.getByLabel("Full name").inputValue(), "");
});

browserTest(
  "closing asks nothing if nothing was changed or all changes were undone",
  async (stage) => {
    const { page, app } = stage;
    const person = await addPerson(app, "grace");
    const modal = await openEditor(stage, person);
    await page.keyboard.press("Escape");
    await modal.waitFor({ state: "hidden" });
    await pressEdit(page, person);
    await modal.getByLabel("Full name").fill("Grace");
    await modal.getByLabel("Full name").fill("");
    await modal.getByRole("button", { name: "Cancel" }).click();
    await modal.waitFor({ state: "hidden" });
  },
);

browserTest("after a refusal the first wrong field has the focus", async (stage) => {
  const { page, app } = stage;
  await addPerson(app, "ada");
  const modal = await openEditor(stage, await addPerson(app, "grace"));
  await modal.getByLabel("Username").fill("ADA");
  await modal.getByLabel("About").focus();
  await modal.getByRole("button", { name: "Save changes" }).press("Enter");
  await modal.getByText("Somebody has this username already").waitFor();
  assert.equal(await focused(page), "username");
  stage.faults.splice(0);
  // If no field is wrong, the message about the whole form has the focus.
  await page.route("**/edit_user", (route) => route.abort());
  await modal.getByRole("button", { name: "Save changes" }).press("Enter");
  await modal.getByRole("alert").getByText("The server does not answer").waitFor();
  assert.equal(
    await modal.getByRole("alert").evaluate((it) => it === document.activeElement),
    true,
  );
  assert.equal(await modal.getByLabel("Username").inputValue(), "ADA");
  stage.faults.splice(0);
});

browserTest(
  "a conflict shows both values, keeps what was typed, and saves with one click",
  async (stage) => {
    const { page, app } = stage;
    const person = await addPerson(app, "grace");
    await saveElsewhere(stage, person, { phone: "1", bio: "Old" });
    const modal = await openEditor(stage, person);
    await modal.getByLabel("Full name").fill("Mine");
    await modal.getByLabel("Website").fill("https://example.org/mine");
    await saveElsewhere(stage, person, { full_name: "Theirs", phone: "2", bio: "" });
    const save = modal.getByRole("button", { name: "Save changes" });
    await save.press("Enter");
    const alert = modal.getByRole("alert");
    await alert.getByText("Somebody else has changed this user in the meantime").waitFor();
    assert.equal(await alert.evaluate((it) => it === document.activeElement), true);
    assert.match(
      await alert.innerText(),
      /Full name\s+Before: empty\s+Yours: Mine\s+Theirs: Theirs$/,
    );
    const shown = async (label: string) => await modal.getByLabel(label).inputValue();
    assert.deepEqual(
      [
        await shown("Full name"),
        await shown("Website"),
        await shown("Phone"),
        await shown("About"),
      ],
      ["Mine", "https://example.org/mine", "2", ""],
    );
    assert.equal((await everythingOf(app, person))[1]?.full_name, "Theirs");
    stage.faults.splice(0);
    await save.press("Enter");
    await page.getByText("The changes to Mine are saved").waitFor();
    const { full_name, website, phone, bio } = (await everythingOf(app, person))[1]!;
    assert.deepEqual([full_name, website, phone, bio], [
      "Mine",
      "https://example.org/mine",
      "2",
      "",
    ]);
  },
);

browserTest(
  "changes of two people to different fields are both kept, and a message says so",
  async (stage) => {
    const { page, app } = stage;
    const person = await addPerson(app, "grace");
    const modal = await openEditor(stage, person);
    await modal.getByLabel("Full name").fill("Mine");
    await saveElsewhere(stage, person, { phone: "2" });
    await modal.getByRole("button", { name: "Save changes" }).press("Enter");
    await page.getByText("so are those that somebody else made in the meantime").waitFor();
    const { full_name, phone } = (await everythingOf(app, person))[1]!;
    assert.deepEqual([full_name, phone], ["Mine", "2"]);
  },
);

browserTest(
  "without JavaScript a conflict shows both values, and saves with one click",
  async (stage) => {
    const { page, app } = stage;
    const person = await addPerson(app, "grace");
    await saveElsewhere(stage, person, { phone: "1", bio: "one\ntwo" });
    await signInBrowser(stage, await addAdmin(app));
    await page.goto("/user_list?q=grace");
    await page.getByRole("link", { name: "Edit grace" }).click();
    await page.getByLabel("Full name").fill("Mine");
    await saveElsewhere(stage, person, { full_name: "Theirs", phone: "2", bio: "three\nfour" });
    const save = page.getByRole("button", { name: "Save changes" });
    await save.click();
    const alert = page.getByRole("alert");
    assert.match(
      await alert.innerText(),
      /Full name\s+Before: empty\s+Yours: Mine\s+Theirs: Theirs$/,
    );
    const shown = async (label: string) => await page.getByLabel(label).inputValue();
    assert.deepEqual(
      [await shown("Full name"), await shown("Phone"), await shown("About")],
      ["Mine", "2", "three\nfour"],
    );
    stage.faults.splice(0);
    await save.click();
    await page.getByText("The changes to Mine are saved").waitFor();
    await page.waitForURL("**/user_list?q=grace#user_*");
    const { full_name, phone, bio } = (await everythingOf(app, person))[1]!;
    assert.deepEqual([full_name, phone, bio], ["Mine", "2", "three\nfour"]);
  },
  { javaScriptEnabled: false },
);
