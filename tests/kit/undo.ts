import assert from "node:assert/strict";
import { sql } from "kysely";
import { doUserAction } from "@/lib/domain/users/user_actions.ts";
import type { TestApp } from "./app.ts";
import type { TestClient } from "./client.ts";

/** Who does things besides the admin. */
export const TASK = { kind: "task", name: "test" } as const;

/** Everything in the rows of a user to the microsecond, except for the versions. */
export async function rowsOf({ services: { db } }: TestApp, userId: number): Promise<unknown> {
  const { rows } = await sql`
    select to_jsonb(u) - 'version' as account, to_jsonb(p) - 'version' as profile
    from users u left join user_profiles p on p.user_id = u.id where u.id = ${userId}
  `.execute(db);
  return rows;
}

/** Does something to a user, and returns the number of its entry in the audit log. */
export type Change = (app: TestApp, admin: TestClient, user_id: number) => Promise<number>;

/** A change by a request of an admin. */
export function request(method: "PUT" | "DELETE", path: string, fields: object = {}): Change {
  return async (_, admin, user_id) => {
    const answer = await admin.sendJson(method, path, { user_id, ...fields });
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text).entry;
  };
}

/** Changes that can be taken back. */
export const suspend = request("PUT", "/update_status", { status: "suspended", reason: "Spam" });
export const remove = request("DELETE", "/delete_user");

/** Changes of all kinds. */
export const CHANGES: Readonly<Record<string, Change>> = {
  "suspend": suspend,
  "activate": request("PUT", "/update_status", { status: "active" }),
  "unlock": async ({ services }, _, user_id) =>
    (await doUserAction(services, TASK, "unlock_user", { user_id })).entry!,
  "make an admin": request("PUT", "/edit_user", { role: "admin" }),
  "edit the profile": request("PUT", "/edit_user", { full_name: "Ada", bio: "", phone: "1" }),
  "edit the account": request("PUT", "/edit_user", {
    username: "someone.else",
    email: "someone@example.com",
  }),
  "delete": remove,
};
