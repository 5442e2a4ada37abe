import assert from "node:assert/strict";
import { sql } from "kysely";
import type { TestApp } from "./app.ts";
import type { TestClient } from "./client.ts";
import { type Person, signedIn } from "./people.ts";

/** Returns a browser in which an admin views as another user. The app needs `IMPERSONATION=on`. */
export async function viewingAs(
  app: TestApp,
  admin: Person,
  { user_id }: Person,
): Promise<TestClient> {
  const browser = await signedIn(app, admin);
  const answer = await browser.sendJson("PUT", "/view_as", { user_id });
  assert.equal(answer.status, 200, answer.text);
  return browser;
}

/** Lets minutes pass for all who view as somebody else. */
export async function ageViewing({ services }: TestApp, minutes: number): Promise<void> {
  await services.db.updateTable("sessions")
    .set({ viewing_until: sql<Date>`viewing_until - ${minutes}::int * interval '1 minute'` })
    .where("viewing_until", "is not", null).execute();
}
