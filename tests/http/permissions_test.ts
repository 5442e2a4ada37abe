import assert from "node:assert/strict";
import { type ActionName, actionOf, actionsWith } from "@/lib/shared/actions.ts";
import { actionRoutes } from "@/lib/web/user_action.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, PASSWORD, type Person, signedIn } from "@/tests/kit/people.ts";
import { allRoutes } from "@/tests/kit/routes.ts";
import { viewingAs } from "@/tests/kit/viewing.ts";

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** A request about a user, and each role's status for it. */
type Row = readonly [
  method: Method,
  /** URL and fields of the request about `target`. */
  request: (target: Person) => { path: string; fields?: Record<string, unknown> },
  statuses: Statuses,
];

/**
 * Statuses for a signed-out visitor, the user themselves, another user, an admin, and an admin who
 * views as the user. Then for support, if it is not that for another user.
 */
type Statuses = readonly [
  anonymous: number,
  own: number,
  other: number,
  admin: number,
  viewing: number,
  support?: number,
];

const to = (path: string, fields?: Record<string, unknown>) => () => ({
  path,
  ...(fields && { fields }),
});
const about = (path: string, fields: Record<string, unknown> = {}) => ({ user_id }: Person) => ({
  path,
  fields: { ...fields, user_id },
});
const asking = (path: string) => ({ user_id }: Person) => ({ path: `${path}?user_id=${user_id}` });

const NEW_PASSWORD = "eleven orange turtles";
const NEW_PASSWORDS = { password: NEW_PASSWORD, password2: NEW_PASSWORD };
const PASSWORDS = { current_password: PASSWORD, ...NEW_PASSWORDS };

/** Each registers once, with an unused name. */
let newcomers = 0;
const newcomerTo = (path: string) => () => {
  const name = `newcomer${++newcomers}`;
  return { path, fields: { username: name, email: `${name}@example.org`, ...NEW_PASSWORDS } };
};

const inviting = () => ({
  path: "/invitations",
  fields: { email: `newcomer${++newcomers}@example.org` },
});

const loggingIn = ({ username }: Person) => ({
  path: "/login",
  fields: { username, password: PASSWORD },
});

const all = (status: number): Statuses => [status, status, status, status, status];
const signedIns = (status: number): Statuses => [401, status, status, status, 403];
const owners = (status: number): Statuses => [401, status, 403, status, 403];
const admins = (status: number): Statuses => [401, 403, 403, status, 403];
const staff = (status: number): Statuses => [401, 403, 403, status, 403, status];
const ALL = all(200);
const SIGNED_IN = signedIns(200);
/** The same for what an admin may do while viewing as the user. */
const VIEWED = [401, 200, 200, 200, 200] as const;
const OWN = [401, 200, 403, 200, 200] as const;
const ADMIN = admins(200);
const STAFF = staff(200);
const VISITORS = [200, 302, 302, 302, 302] as const;
const NOBODY = all(404);

/** Requests that are not actions on a user. */
const TABLE: readonly Row[] = [
  ["GET", to("/"), all(302)],
  ["GET", to("/register"), VISITORS],
  ["POST", newcomerTo("/register"), all(201)],
  ["GET", to("/login"), VISITORS],
  ["POST", loggingIn, ALL],
  // Without the printed link, and with an admin, there is nothing.
  ["GET", to("/setup"), [200, 200, 200, 404, 404]],
  ["POST", newcomerTo("/setup"), [403, 403, 403, 404, 404]],
  ["POST", to("/logout", {}), ALL],
  ["GET", to("/verify_email?token=none"), all(303)],
  ["POST", to("/verify_email", { token: "none" }), NOBODY],
  ["GET", to("/forgot_password"), ALL],
  ["POST", to("/forgot_password", { email: "nobody@example.org" }), ALL],
  ["GET", to("/accept_invitation?token=none"), all(303)],
  ["POST", to("/accept_invitation", { token: "x", username: "joan", ...NEW_PASSWORDS }), NOBODY],
  ["GET", to("/reset_password?token=none"), all(303)],
  ["POST", to("/reset_password", { token: "none", ...NEW_PASSWORDS }), NOBODY],
  ["GET", to("/unlock_account?token=none"), all(303)],
  ["POST", to("/unlock_account", { token: "none" }), NOBODY],
  ["GET", to("/change_email?token=none"), all(303)],
  ["POST", to("/change_email", { token: "none" }), NOBODY],
  ["POST", to("/change_email", { cancel: "1" }), SIGNED_IN],
  ["GET", to("/undo_email_change?token=none"), all(303)],
  ["POST", to("/undo_email_change", { token: "none" }), NOBODY],
  ["GET", to("/restore_account?token=none"), all(303)],
  ["POST", to("/restore_account", { token: "none" }), NOBODY],
  // Without a right password there is nothing to confirm.
  ["GET", to("/two_factor"), all(401)],
  ["POST", to("/two_factor", { code: "123456" }), all(401)],
  ["GET", to("/passkey_login"), VISITORS],
  ["POST", to("/passkey_login", {}), ALL],
  ["POST", to("/passkey_login", { credential: "none" }), all(401)],
  ["POST", to("/color_mode", { mode: "dark" }), all(303)],
  ["GET", to("/email_exists?email=a@example.org"), ALL],
  ["POST", to("/email_exists", { email: "a@example.org" }), ALL],
  // Only in development.
  ["GET", to("/outbox"), NOBODY],
  ["GET", to("/healthz"), ALL],
  ["GET", to("/readyz"), ALL],
  ["GET", to("/images/none.webp"), NOBODY],
  ["GET", to("/profile"), VIEWED],
  ["GET", to("/security"), SIGNED_IN],
  ["DELETE", to("/security", { browsers: "all" }), SIGNED_IN],
  ["POST", to("/security", { _method: "DELETE", browsers: "all" }), SIGNED_IN],
  ["DELETE", to("/security", { browser_id: 1e6 }), signedIns(404)],
  ["GET", to("/step_up"), SIGNED_IN],
  ["POST", to("/step_up", { password: PASSWORD }), SIGNED_IN],
  ["GET", to("/set_up_two_factor"), SIGNED_IN],
  ["POST", to("/set_up_two_factor", {}), SIGNED_IN],
  // It is off, so there is nothing to do.
  ["GET", to("/recovery_codes"), SIGNED_IN],
  ["POST", to("/recovery_codes", {}), signedIns(409)],
  ["GET", to("/turn_off_two_factor"), SIGNED_IN],
  ["POST", to("/turn_off_two_factor", {}), signedIns(409)],
  ["GET", to("/passkeys"), SIGNED_IN],
  ["POST", to("/passkeys", {}), SIGNED_IN],
  ["PUT", to("/passkeys", { passkey_id: 1e6, name: "Phone" }), signedIns(404)],
  ["DELETE", to("/passkeys", { passkey_id: 1e6 }), signedIns(404)],
  // Without a passkey the password is needed.
  ["GET", to("/remove_password"), SIGNED_IN],
  ["POST", to("/remove_password", {}), signedIns(409)],
  ["GET", to("/change_password"), SIGNED_IN],
  ["POST", to("/change_password", PASSWORDS), SIGNED_IN],
  ["GET", to("/download_data"), SIGNED_IN],
  ["POST", to("/download_data", {}), SIGNED_IN],
  // Both ask for a new proof first.
  ["GET", to("/leave"), signedIns(403)],
  ["POST", ({ username }) => ({ path: "/leave", fields: { username } }), [401, 403, 422, 422, 403]],
  ["GET", to("/activity"), VIEWED],
  ["POST", to("/activity", {}), SIGNED_IN],
  ["GET", to("/sessions"), VIEWED],
  ["DELETE", to("/sessions", { others: "1" }), SIGNED_IN],
  ["DELETE", to("/sessions", { session_id: 1e6 }), signedIns(404)],
  ["POST", to("/sessions", { _method: "DELETE", others: "1" }), SIGNED_IN],
  ["POST", to("/stop_viewing", {}), VIEWED],
  ["GET", to("/api_keys"), SIGNED_IN],
  ["GET", asking("/api_keys"), owners(200)],
  ["POST", to("/api_keys", { name: "backup", self: "1", days: "30" }), signedIns(201)],
  ["DELETE", to("/api_keys", { key_id: 1e6 }), signedIns(404)],
  ["DELETE", about("/api_keys", { key_id: 1e6 }), owners(404)],
  ["POST", to("/api_keys", { _method: "DELETE", key_id: 1e6 }), signedIns(404)],
  // Fields that need another permission, or more proof, than the others.
  [
    "PUT",
    about("/edit_user", { email: "new@example.org", current_password: PASSWORD }),
    owners(200),
  ],
  ["PUT", about("/edit_user", { full_name: "Ada" }), OWN],
  ["PUT", about("/edit_user", { username: "ada" }), ADMIN],
  ["PUT", about("/edit_user", { role: "admin" }), ADMIN],
  ["GET", to("/admin"), ADMIN],
  ["GET", asking("/user"), STAFF],
  ["GET", to("/user_list"), STAFF],
  ["GET", to("/user_list?sort=email"), ADMIN],
  ["GET", to("/user_list?tag=vip"), ADMIN],
  ["GET", to("/user_views"), STAFF],
  ["POST", to("/user_views", { name: "Locked", query: "locked=yes" }), staff(201)],
  ["DELETE", to("/user_views", { view_id: 1e6 }), staff(404)],
  ["POST", about("/show_address"), STAFF],
  // There is no file, and no import of that number.
  ["GET", to("/import_users"), ADMIN],
  ["POST", to("/import_users", {}), admins(422)],
  ["PUT", to("/import_users", { import_id: 1e6, step: "start" }), admins(404)],
  ["DELETE", to("/import_users", { import_id: 1e6 }), admins(404)],
  ["GET", to("/refused_rows?import_id=1000000"), admins(404)],
  ["GET", to("/export_users"), ADMIN],
  ["POST", to("/export_users", {}), ADMIN],
  // Without a status it is the other one.
  ["PUT", about("/update_status"), ADMIN],
  ["GET", to("/emails"), ADMIN],
  ["POST", to("/emails", { email_id: 1e6 }), admins(404)],
  ["PUT", to("/emails", { email_id: 1e6 }), admins(404)],
  ["DELETE", to("/emails", { email_id: 1e6 }), admins(404)],
  ["GET", to("/settings"), ADMIN],
  ["POST", to("/settings", {}), ADMIN],
  ["PUT", to("/settings", {}), admins(502)],
  ["DELETE", to("/settings", {}), ADMIN],
  ["GET", to("/bulk_jobs"), ADMIN],
  ["POST", to("/bulk_jobs", { action: "sign_out_user", filter: "q=nobody" }), admins(201)],
  ["GET", to("/bulk_job?job_id=1000000"), admins(404)],
  ["POST", to("/bulk_job", { job_id: 1e6 }), admins(404)],
  ["PUT", to("/bulk_job", { job_id: 1e6 }), admins(404)],
  ["DELETE", to("/bulk_job", { job_id: 1e6 }), admins(404)],
  ["GET", to("/bulk_results?job_id=1000000"), admins(404)],
  ["GET", to("/audit_log"), ADMIN],
  ["POST", to("/audit_log", { format: "csv" }), ADMIN],
  ["GET", to("/invitations"), ADMIN],
  ["POST", inviting, admins(201)],
  ["PUT", to("/invitations", { invitation_id: 1e6 }), admins(404)],
  ["DELETE", to("/invitations", { invitation_id: 1e6 }), admins(404)],
  ["POST", to("/invitations", { _method: "DELETE", invitation_id: 1e6 }), admins(404)],
  ["POST", to("/copy_invitation", { invitation_id: 1e6 }), admins(404)],
  ["GET", to("/deleted_users"), ADMIN],
];

/** What somebody is told who may ask, where it is not 200. */
const ALLOWED: Readonly<Partial<Record<ActionName, number>>> = {
  // The words are missing.
  tag_user: 422,
  untag_user: 422,
  write_note: 422,
  remove_note: 422,
  // Nobody of that id was deleted.
  restore_user: 404,
  // Nothing was done to the user.
  undo: 404,
  // The second factor is off.
  reset_two_factor: 409,
};

/** The rows of the actions that HTTP can ask for, as their table has them. */
const ACTION_ROWS = actionsWith<ActionName>(({ route }) => route !== undefined).flatMap((name) => {
  const { by, route, support, whileViewing, ownProof } = actionOf(name);
  const { method, path, fields, page } = route!;
  const statusesOf = (status: number): Statuses => [
    401,
    // A sign-in is no proof of its own.
    by === "owner" && ownProof !== "always" ? status : 403,
    403,
    status,
    whileViewing ? status : 403,
    support ? status : 403,
  ];
  const statuses = statusesOf(ALLOWED[name] ?? 200);
  const rows: Row[] = [
    [method, about(path, { ...fields }), statuses],
    ["POST", about(path, { _method: method, ...fields }), statuses],
    ...(page ? [["GET", asking(path), statusesOf(200)] as const] : []),
  ];
  return rows;
});

const ROWS = [...TABLE, ...ACTION_ROWS];

const ROLES = ["anonymous", "own", "other", "admin", "viewing", "support"] as const;

const NAMES = {
  anonymous: "a stranger",
  own: "a user",
  other: "a user to somebody else",
  admin: "an admin",
  viewing: "an admin who views as a user",
  support: "support",
};

for (const [column, role] of ROLES.entries()) {
  appTest(
    `what ${NAMES[role]} may do is what the table says`,
    async (app) => {
      const answers: Record<string, number> = {};
      const expected: Record<string, number> = {};
      for (const [index, [method, request, statuses]] of ROWS.entries()) {
        const target = await addPerson(app, `target${index}`);
        const client = await clientOf(app, role, target, index);
        const { path, fields } = request(target);
        const { status } = method === "GET"
          ? await client.getJson(path)
          : await client.sendJson(method, path, fields);
        const name = `${index}: ${method} ${path}`;
        answers[name] = status;
        expected[name] = statuses[column] ?? statuses[ROLES.indexOf("other")]!;
      }
      assert.deepEqual(answers, expected);
    },
    { environment: { IMPERSONATION: "on" } },
  );
}

Deno.test("the table of permissions names every method of every route", async () => {
  const nobody = { user_id: 0, username: "", email: "" };
  const listed = ROWS.map(([method, request]) =>
    `${method} ${request(nobody).path.replace(/[?].*/, "").replace("none.webp", "[name]")}`
  );
  assert.deepEqual([...new Set(listed)].sort(), await allRoutes());
});

appTest("a route of an action refuses other methods with 405, whoever asks", async (app) => {
  const clients = [app.client(), await signedIn(app, await addAdmin(app))];
  for (const { path, handlers } of actionRoutes()) {
    for (const client of clients) {
      const answer = await client.getJson(path);
      const allow = answer.headers.get("allow")?.split(", ").sort();
      assert.deepEqual([answer.status, allow], [405, Object.keys(handlers).sort()]);
    }
  }
});

async function clientOf(
  app: TestApp,
  role: typeof ROLES[number],
  target: Person,
  index: number,
): Promise<TestClient> {
  switch (role) {
    case "anonymous":
      return app.client();
    case "own":
      return await signedIn(app, target);
    case "other":
      return await signedIn(app, await addPerson(app, `other${index}`));
    case "admin":
      return await signedIn(app, await addAdmin(app, `admin${index}`));
    case "support":
      return await signedIn(app, await addPerson(app, `support${index}`, { role: "support" }));
    case "viewing":
      return await viewingAs(app, await addAdmin(app, `admin${index}`), target);
  }
}
