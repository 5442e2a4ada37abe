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
const ALL = all(200);
const SIGNED_IN = [401, 200, 200, 200, 403] as const;
/** The same for what an admin may do while viewing as the user. */
const VIEWED = [401, 200, 200, 200, 200] as const;
const OWN = [401, 200, 403, 200, 200] as const;
const ADMIN = [401, 403, 403, 200, 403] as const;
const STAFF = [401, 403, 403, 200, 403, 200] as const;
const VISITORS = [200, 302, 302, 302, 302] as const;
const NOBODY = all(404);

/** Requests that are not actions on a user, by route file. */
const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "index.ts": [
    ["GET", to("/"), all(302)],
  ],
  "register.tsx": [
    ["GET", to("/register"), VISITORS],
    ["POST", newcomerTo("/register"), all(201)],
  ],
  "login.tsx": [
    ["GET", to("/login"), VISITORS],
    ["POST", loggingIn, ALL],
  ],
  // Without the printed link, and with an admin, there is nothing.
  "setup.tsx": [
    ["GET", to("/setup"), [200, 200, 200, 404, 404]],
    ["POST", newcomerTo("/setup"), [403, 403, 403, 404, 404]],
  ],
  "logout.ts": [
    ["POST", to("/logout", {}), ALL],
  ],
  "verify_email.tsx": [
    ["GET", to("/verify_email?token=none"), all(303)],
    [
      "POST",
      to("/verify_email", { token: "none" }),
      NOBODY,
    ],
  ],
  "forgot_password.tsx": [
    ["GET", to("/forgot_password"), ALL],
    ["POST", to("/forgot_password", { email: "nobody@example.org" }), ALL],
  ],
  "accept_invitation.tsx": [
    ["GET", to("/accept_invitation?token=none"), all(303)],
    [
      "POST",
      to("/accept_invitation", { token: "none", username: "joan", ...NEW_PASSWORDS }),
      NOBODY,
    ],
  ],
  "reset_password.tsx": [
    ["GET", to("/reset_password?token=none"), all(303)],
    ["POST", to("/reset_password", { token: "none", ...NEW_PASSWORDS }), NOBODY],
  ],
  "unlock_account.tsx": [
    ["GET", to("/unlock_account?token=none"), all(303)],
    ["POST", to("/unlock_account", { token: "none" }), NOBODY],
  ],
  "change_email.tsx": [
    ["GET", to("/change_email?token=none"), all(303)],
    ["POST", to("/change_email", { token: "none" }), NOBODY],
    ["POST", to("/change_email", { cancel: "1" }), SIGNED_IN],
  ],
  "undo_email_change.tsx": [
    ["GET", to("/undo_email_change?token=none"), all(303)],
    ["POST", to("/undo_email_change", { token: "none" }), NOBODY],
  ],
  "restore_account.tsx": [
    ["GET", to("/restore_account?token=none"), all(303)],
    ["POST", to("/restore_account", { token: "none" }), NOBODY],
  ],
  // Without a right password there is nothing to confirm.
  "two_factor.tsx": [
    ["GET", to("/two_factor"), all(401)],
    ["POST", to("/two_factor", { code: "123456" }), all(401)],
  ],
  "passkey_login.tsx": [
    ["GET", to("/passkey_login"), VISITORS],
    ["POST", to("/passkey_login", {}), ALL],
    ["POST", to("/passkey_login", { credential: "none" }), all(401)],
  ],
  "color_mode.ts": [
    ["POST", to("/color_mode", { mode: "dark" }), all(303)],
  ],
  "email_exists.ts": [
    ["GET", to("/email_exists?email=a@example.org"), ALL],
    ["POST", to("/email_exists", { email: "a@example.org" }), ALL],
  ],
  // Only in development.
  "outbox.tsx": [
    ["GET", to("/outbox"), NOBODY],
  ],
  "healthz.ts": [
    ["GET", to("/healthz"), ALL],
  ],
  "readyz.ts": [
    ["GET", to("/readyz"), ALL],
  ],
  "images/[name].ts": [
    ["GET", to("/images/none.webp"), NOBODY],
  ],
  "(account)/profile.tsx": [
    ["GET", to("/profile"), VIEWED],
  ],
  "(account)/security.tsx": [
    ["GET", to("/security"), SIGNED_IN],
    ["DELETE", to("/security", { browsers: "all" }), SIGNED_IN],
    ["POST", to("/security", { _method: "DELETE", browsers: "all" }), SIGNED_IN],
    ["DELETE", to("/security", { browser_id: 1e6 }), [401, 404, 404, 404, 403]],
  ],
  "(account)/step_up.tsx": [
    ["GET", to("/step_up"), SIGNED_IN],
    ["POST", to("/step_up", { password: PASSWORD }), SIGNED_IN],
  ],
  "(account)/set_up_two_factor.tsx": [
    ["GET", to("/set_up_two_factor"), SIGNED_IN],
    ["POST", to("/set_up_two_factor", {}), SIGNED_IN],
  ],
  // It is off, so there is nothing to do.
  "(account)/recovery_codes.tsx": [
    ["GET", to("/recovery_codes"), SIGNED_IN],
    ["POST", to("/recovery_codes", {}), [401, 409, 409, 409, 403]],
  ],
  "(account)/turn_off_two_factor.tsx": [
    ["GET", to("/turn_off_two_factor"), SIGNED_IN],
    ["POST", to("/turn_off_two_factor", {}), [401, 409, 409, 409, 403]],
  ],
  "(account)/passkeys.tsx": [
    ["GET", to("/passkeys"), SIGNED_IN],
    ["POST", to("/passkeys", {}), SIGNED_IN],
    ["PUT", to("/passkeys", { passkey_id: 1e6, name: "Phone" }), [401, 404, 404, 404, 403]],
    ["DELETE", to("/passkeys", { passkey_id: 1e6 }), [401, 404, 404, 404, 403]],
  ],
  // Without a passkey the password is needed.
  "(account)/remove_password.tsx": [
    ["GET", to("/remove_password"), SIGNED_IN],
    ["POST", to("/remove_password", {}), [401, 409, 409, 409, 403]],
  ],
  "(account)/change_password.tsx": [
    ["GET", to("/change_password"), SIGNED_IN],
    [
      "POST",
      to("/change_password", PASSWORDS),
      SIGNED_IN,
    ],
  ],
  "(account)/download_data.tsx": [
    ["GET", to("/download_data"), SIGNED_IN],
    ["POST", to("/download_data", {}), SIGNED_IN],
  ],
  // Both ask for a new proof first.
  "(account)/leave.tsx": [
    ["GET", to("/leave"), [401, 403, 403, 403, 403]],
    ["POST", ({ username }) => ({ path: "/leave", fields: { username } }), [
      401,
      403,
      422,
      422,
      403,
    ]],
  ],
  "(account)/activity.tsx": [
    ["GET", to("/activity"), VIEWED],
    ["POST", to("/activity", {}), SIGNED_IN],
  ],
  "(account)/sessions.tsx": [
    ["GET", to("/sessions"), VIEWED],
    ["DELETE", to("/sessions", { others: "1" }), SIGNED_IN],
    ["DELETE", to("/sessions", { session_id: 1e6 }), [401, 404, 404, 404, 403]],
    ["POST", to("/sessions", { _method: "DELETE", others: "1" }), SIGNED_IN],
  ],
  "(account)/stop_viewing.ts": [
    ["POST", to("/stop_viewing", {}), VIEWED],
  ],
  "(account)/api_keys.tsx": [
    ["GET", to("/api_keys"), SIGNED_IN],
    ["GET", asking("/api_keys"), [401, 200, 403, 200, 403]],
    ["POST", to("/api_keys", { name: "backup", self: "1", days: "30" }), [
      401,
      201,
      201,
      201,
      403,
    ]],
    ["DELETE", to("/api_keys", { key_id: 1e6 }), [401, 404, 404, 404, 403]],
    ["DELETE", about("/api_keys", { key_id: 1e6 }), [401, 404, 403, 404, 403]],
    ["POST", to("/api_keys", { _method: "DELETE", key_id: 1e6 }), [401, 404, 404, 404, 403]],
  ],
  "fields of /edit_user": [
    ["PUT", about("/edit_user", { email: "new@example.org", current_password: PASSWORD }), [
      401,
      200,
      403,
      200,
      403,
    ]],
    ["PUT", about("/edit_user", { full_name: "Ada" }), OWN],
    ["PUT", about("/edit_user", { username: "ada" }), ADMIN],
    ["PUT", about("/edit_user", { role: "admin" }), ADMIN],
  ],
  "(account)/(admin)/admin.tsx": [
    ["GET", to("/admin"), ADMIN],
  ],
  "(account)/(admin)/user.tsx": [
    ["GET", asking("/user"), STAFF],
  ],
  "(account)/(admin)/user_list.tsx": [
    ["GET", to("/user_list"), STAFF],
    ["GET", to("/user_list?sort=email"), ADMIN],
    ["GET", to("/user_list?tag=vip"), ADMIN],
  ],
  "(account)/(admin)/user_views.tsx": [
    ["GET", to("/user_views"), STAFF],
    ["POST", to("/user_views", { name: "Locked", query: "locked=yes" }), [
      401,
      403,
      403,
      201,
      403,
      201,
    ]],
    ["DELETE", to("/user_views", { view_id: 1e6 }), [401, 403, 403, 404, 403, 404]],
  ],
  "(account)/(admin)/show_address.tsx": [
    ["POST", about("/show_address"), STAFF],
  ],
  // There is no file, and no import of that number.
  "(account)/(admin)/import_users.tsx": [
    ["GET", to("/import_users"), ADMIN],
    ["POST", to("/import_users", {}), [401, 403, 403, 422, 403]],
    ["PUT", to("/import_users", { import_id: 1e6, step: "start" }), [401, 403, 403, 404, 403]],
    ["DELETE", to("/import_users", { import_id: 1e6 }), [401, 403, 403, 404, 403]],
  ],
  "(account)/(admin)/refused_rows.ts": [
    ["GET", to("/refused_rows?import_id=1000000"), [401, 403, 403, 404, 403]],
  ],
  "(account)/(admin)/export_users.tsx": [
    ["GET", to("/export_users"), ADMIN],
    ["POST", to("/export_users", {}), ADMIN],
  ],
  "toggle of /update_status": [
    ["PUT", about("/update_status"), ADMIN],
  ],
  "(account)/(admin)/emails.tsx": [
    ["GET", to("/emails"), ADMIN],
    ["POST", to("/emails", { email_id: 1e6 }), [401, 403, 403, 404, 403]],
    ["PUT", to("/emails", { email_id: 1e6 }), [401, 403, 403, 404, 403]],
    ["DELETE", to("/emails", { email_id: 1e6 }), [401, 403, 403, 404, 403]],
  ],
  "(account)/(admin)/settings.tsx": [
    ["GET", to("/settings"), ADMIN],
    ["POST", to("/settings", {}), ADMIN],
    ["PUT", to("/settings", {}), [401, 403, 403, 502, 403]],
    ["DELETE", to("/settings", {}), ADMIN],
  ],
  "(account)/(admin)/bulk_jobs.tsx": [
    ["GET", to("/bulk_jobs"), ADMIN],
    ["POST", to("/bulk_jobs", { action: "sign_out_user", filter: "q=nobody" }), [
      401,
      403,
      403,
      201,
      403,
    ]],
  ],
  "(account)/(admin)/bulk_job.tsx": [
    ["GET", to("/bulk_job?job_id=1000000"), [401, 403, 403, 404, 403]],
    ["POST", to("/bulk_job", { job_id: 1e6 }), [401, 403, 403, 404, 403]],
    ["PUT", to("/bulk_job", { job_id: 1e6 }), [401, 403, 403, 404, 403]],
    ["DELETE", to("/bulk_job", { job_id: 1e6 }), [401, 403, 403, 404, 403]],
  ],
  "(account)/(admin)/bulk_results.ts": [
    ["GET", to("/bulk_results?job_id=1000000"), [401, 403, 403, 404, 403]],
  ],
  "(account)/(admin)/audit_log.tsx": [
    ["GET", to("/audit_log"), ADMIN],
    ["POST", to("/audit_log", { format: "csv" }), ADMIN],
  ],
  "(account)/(admin)/invitations.tsx": [
    ["GET", to("/invitations"), ADMIN],
    ["POST", inviting, [401, 403, 403, 201, 403]],
    ["PUT", to("/invitations", { invitation_id: 1e6 }), [401, 403, 403, 404, 403]],
    ["DELETE", to("/invitations", { invitation_id: 1e6 }), [401, 403, 403, 404, 403]],
    ["POST", to("/invitations", { _method: "DELETE", invitation_id: 1e6 }), [
      401,
      403,
      403,
      404,
      403,
    ]],
  ],
  "(account)/(admin)/copy_invitation.tsx": [
    ["POST", to("/copy_invitation", { invitation_id: 1e6 }), [401, 403, 403, 404, 403]],
  ],
  "(account)/(admin)/deleted_users.tsx": [
    ["GET", to("/deleted_users"), ADMIN],
  ],
};

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

const ROWS = [...Object.values(TABLE).flat(), ...ACTION_ROWS];

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
