import assert from "node:assert/strict";
import { sql } from "kysely";
import { type AppOptions, appTest, type TestApp } from "./app.ts";
import type { Answer, TestClient } from "./client.ts";
import { addAdmin, addPerson, type Person, signedIn } from "./people.ts";

/** Registers a test of an application in which admins may view as users. */
export function viewingTest(
  name: string,
  fn: (app: TestApp) => unknown,
  options: AppOptions = {},
): void {
  appTest(name, fn, { ...options, environment: { IMPERSONATION: "on", ...options.environment } });
}

/** The admin bo, the user ana, and a browser in which bo views as ana. */
export async function cast(app: TestApp) {
  const [bo, ana] = [await addAdmin(app, "bo"), await addPerson(app, "ana")];
  return { bo, ana, browser: await viewingAs(app, bo, ana) };
}

/** Asks to view as a user. */
export function viewAs(browser: TestClient, user_id: number): Promise<Answer> {
  return browser.sendJson("PUT", "/view_as", { user_id });
}

/** Returns a browser in which an admin views as another user. The app needs `IMPERSONATION=on`. */
export async function viewingAs(
  app: TestApp,
  admin: Person,
  { user_id }: Person,
): Promise<TestClient> {
  const browser = await signedIn(app, admin);
  const answer = await viewAs(browser, user_id);
  assert.equal(answer.status, 200, answer.text);
  return browser;
}

/** Lets minutes pass for all who view as somebody else. */
export async function ageViewing({ services }: TestApp, minutes: number): Promise<void> {
  await services.db.updateTable("sessions")
    .set({ viewing_until: sql<Date>`viewing_until - ${minutes}::int * interval '1 minute'` })
    .where("viewing_until", "is not", null).execute();
}

/** Whether the browser is an admin's. */
export async function isAdmins(browser: TestClient): Promise<boolean> {
  return (await browser.getJson("/user_list")).status === 200;
}

/** The entries of the audit log, except for new users. */
export function eventsOf({ services }: TestApp) {
  return services.db.selectFrom("audit_events").orderBy("id")
    .select(["action", "actor_name", "real_actor_name", "target_name", "details"])
    .where("action", "<>", "create_user").execute();
}

/** The text of a page. */
export function plain(html: string): string {
  return html.replaceAll(/<[^>]+>/g, "").replaceAll(/\s+/g, " ");
}
