import assert from "node:assert/strict";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { browserTest } from "@/tests/kit/browser.ts";
import { accountOf, addPerson } from "@/tests/kit/people.ts";
import { openList } from "./open_list.ts";

browserTest(
  "the switch asks for reason and end, suspends, and activates at once",
  async (stage) => {
    const { app } = stage;
    const person = await addPerson(app, "grace");
    await inTransaction(
      app.services.db,
      (tx) => upsertUserProfile(tx, person.user_id, { full_name: "Ana Sample" }),
    );
    const { page } = await openList(stage);
    const toggle = page.getByRole("switch", { name: /grace/ });
    await toggle.press("Space");
    const modal = page.getByRole("dialog", { name: "Suspend grace" });
    await modal.getByLabel("Reason").fill("Spam");
    await modal.getByLabel("Until").fill("2999-03-03T12:00");
    await modal.getByText("Time zone: Asia/Tokyo").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Ana Sample is suspended and signed out everywhere").waitFor();
    assert.equal(await toggle.getAttribute("aria-checked"), "false");
    await page.getByRole("row", { name: /grace/ }).getByText("until 3 Mar 2999, 03:00 UTC: Spam")
      .waitFor();
    assert.ok(await toggle.evaluate((it) => it === document.activeElement), "the focus stays");
    const { status, status_reason, suspended_until } = await accountOf(app, person);
    assert.deepEqual([status, status_reason, suspended_until?.toISOString()], [
      "suspended",
      "Spam",
      "2999-03-03T03:00:00.000Z",
    ]);

    await toggle.press("Space");
    await page.getByText("Ana Sample is active").waitFor();
    assert.ok(await toggle.evaluate((it) => it === document.activeElement), "the focus stays");
    assert.equal(await page.getByText("until 3 Mar").count(), 0);
    assert.equal((await accountOf(app, person)).status, "active");
  },
  { timezoneId: "Asia/Tokyo" },
);

browserTest(
  "a refused suspension says why at its field, which gets the focus",
  async (stage) => {
    const { app } = stage;
    const person = await addPerson(app, "grace");
    const { page } = await openList(stage);
    await page.getByRole("switch", { name: /grace/ }).click();
    const modal = page.getByRole("dialog", { name: "Suspend grace" });
    await modal.locator("[name=reason]:focus").waitFor();
    await modal.getByLabel("Reason").fill("Spam");
    await modal.getByLabel("Until").fill("2000-01-01T12:00");
    await modal.getByRole("button", { name: "Suspend" }).click();
    await modal.getByText("Until must lie in the future").waitFor();
    await modal.locator("[name=until]:focus").waitFor();
    assert.equal(await modal.getByLabel("Reason").inputValue(), "Spam");
    stage.faults.splice(0);
    await modal.getByLabel("Until").fill("");
    await modal.getByRole("button", { name: "Suspend" }).click();
    await modal.waitFor({ state: "hidden" });
    assert.equal((await accountOf(app, person)).status_reason, "Spam");
  },
);

browserTest("the switch turns back when the server refuses to activate", async (stage) => {
  const { app } = stage;
  const person = await addPerson(app, "grace", { status: "suspended", status_reason: "Spam" });
  const { page } = await openList(stage);
  const toggle = page.getByRole("switch", { name: /grace/ });
  await deleteUser(app.services, { kind: "task", name: "test" }, person.user_id);
  await toggle.click();
  await page.getByText("There is no such user").waitFor();
  assert.equal(await toggle.getAttribute("aria-checked"), "false");
  await page.getByRole("row", { name: /grace/ }).getByText("Spam").waitFor();
  stage.faults.splice(0);
});

browserTest("without an answer the switch turns back and says so", async (stage) => {
  const { app } = stage;
  await addPerson(app, "grace", { status: "suspended" });
  const { page } = await openList(stage);
  await page.route("**/update_status", (route) => route.abort());
  const toggle = page.getByRole("switch", { name: /grace/ });
  await toggle.click();
  await page.getByText("The server does not answer").waitFor();
  assert.equal(await toggle.getAttribute("aria-checked"), "false");
  stage.faults.splice(0);
});

browserTest("a user who was signed out meanwhile comes to /login and back", async (stage) => {
  const { app } = stage;
  await addPerson(app, "grace", { status: "suspended" });
  const { page } = await openList(stage);
  await app.services.db.deleteFrom("sessions").execute();
  await page.getByRole("switch", { name: /grace/ }).click();
  await page.waitForURL("**/login?next=%2Fuser_list");
  stage.faults.splice(0);
});
