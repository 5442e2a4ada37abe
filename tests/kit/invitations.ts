import type { TestApp } from "./app.ts";
import type { Answer, Fields, TestClient } from "./client.ts";
import { PASSWORD } from "./people.ts";

/** The address that is invited. */
export const INVITED = "ana@example.org";

/** Invites an address in the browser of an admin. */
export function invite(admin: TestClient, email = INVITED, role?: string): Promise<Answer> {
  return admin.sendJson("POST", "/invitations", { email, ...(role && { role }) });
}

/** Invites an address, and returns the invitation's id and the token of a copied link. */
export async function invitedByLink(
  admin: TestClient,
  email = INVITED,
  role?: string,
): Promise<{ invitation_id: number; token: string }> {
  const { invitation_id } = JSON.parse((await invite(admin, email, role)).text);
  return { invitation_id, token: await copyLink(admin, invitation_id) };
}

/** Makes a link of an invitation, and returns its token. */
export async function copyLink(admin: TestClient, invitation_id: number): Promise<string> {
  const { text } = await admin.sendJson("POST", "/copy_invitation", { invitation_id });
  return new URL(JSON.parse(text).link).searchParams.get("token") ?? "";
}

/** Accepts an invitation from a fresh browser. */
export function accept(app: TestApp, token: string, fields: Fields = {}): Promise<Answer> {
  const chosen = { username: "ana", password: PASSWORD, password2: PASSWORD };
  return app.client().sendJson("POST", "/accept_invitation", { token, ...chosen, ...fields });
}

/** Returns all invitations. */
export function invitationsOf({ services: { db } }: TestApp) {
  return db.selectFrom("invitations").selectAll().orderBy("id").execute();
}
