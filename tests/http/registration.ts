import type { TestApp } from "@/tests/kit/app.ts";
import type { Fields } from "@/tests/kit/client.ts";
import { PASSWORD } from "@/tests/kit/people.ts";

/** What a new user types. */
export const GRACE = {
  username: "grace",
  email: "grace@example.org",
  password: PASSWORD,
  password2: PASSWORD,
};

/** Registers {@linkcode GRACE}, with other values in some fields. */
export function register(app: TestApp, fields: Fields = {}) {
  return app.client().sendJson("POST", "/register", { ...GRACE, ...fields });
}

/** Returns all accounts. */
export function usersOf({ services: { db } }: TestApp) {
  return db.selectFrom("users").selectAll().execute();
}
