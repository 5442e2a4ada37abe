import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, PASSWORD, type Person, signedIn } from "@/tests/kit/people.ts";

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** A request about a user, and the status that each role gets for it. */
type Row = readonly [
  method: Method,
  /** Address and fields of the request, which is about `target`. */
  request: (target: Person) => { path: string; fields?: Record<string, unknown> },
  statuses: Statuses,
];

/** Of a stranger, the user themselves, another user, an admin. */
type Statuses = readonly [anonymous: number, own: number, other: number, admin: number];

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

/** Each may register once, under a name that nobody else has. */
let newcomers = 0;
const newcomerTo = (path: string) => () => {
  const name = `newcomer${++newcomers}`;
  return { path, fields: { username: name, email: `${name}@example.org`, ...NEW_PASSWORDS } };
};

const loggingIn = ({ username }: Person) => ({
  path: "/login",
  fields: { username, password: PASSWORD },
});

const ALL = [200, 200, 200, 200] as const;
const SIGNED_IN = [401, 200, 200, 200] as const;
const OWN = [401, 200, 403, 200] as const;
const ADMIN = [401, 403, 403, 200] as const;
const VISITORS = [200, 302, 302, 302] as const;
const NOBODY = [404, 404, 404, 404] as const;

/** Who may do what, by the file of the route. */
const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "index.ts": [
    ["GET", to("/"), [302, 302, 302, 302]],
  ],
  "register.tsx": [
    ["GET", to("/register"), VISITORS],
    ["POST", newcomerTo("/register"), [201, 201, 201, 201]],
  ],
  "login.tsx": [
    ["GET", to("/login"), VISITORS],
    ["POST", loggingIn, ALL],
  ],
  // Without the link that the start has printed; once there is an admin nothing is there.
  "setup.tsx": [
    ["GET", to("/setup"), [200, 200, 200, 404]],
    ["POST", newcomerTo("/setup"), [403, 403, 403, 404]],
  ],
  "logout.ts": [
    ["POST", to("/logout", {}), ALL],
  ],
  "verify_email.tsx": [
    ["GET", to("/verify_email?token=none"), ALL],
    [
      "POST",
      to("/verify_email", { token: "none" }),
      NOBODY,
    ],
  ],
  "color_mode.ts": [
    ["POST", to("/color_mode", { mode: "dark" }), [303, 303, 303, 303]],
  ],
  "email_exists.ts": [
    ["GET", to("/email_exists?email=a@example.org"), ALL],
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
    ["GET", to("/profile"), SIGNED_IN],
  ],
  "(account)/change_password.tsx": [
    ["GET", to("/change_password"), SIGNED_IN],
    [
      "POST",
      to("/change_password", PASSWORDS),
      SIGNED_IN,
    ],
  ],
  "(account)/edit_user.tsx": [
    ["GET", asking("/edit_user"), OWN],
    ["PUT", about("/edit_user", { full_name: "Ada" }), OWN],
    ["PUT", about("/edit_user", { username: "ada" }), ADMIN],
    ["PUT", about("/edit_user", { role: "admin" }), ADMIN],
    ["POST", about("/edit_user", { _method: "PUT", bio: "I" }), OWN],
  ],
  "(account)/delete_user.tsx": [
    ["GET", asking("/delete_user"), OWN],
    [
      "DELETE",
      about("/delete_user"),
      OWN,
    ],
    ["POST", about("/delete_user", { _method: "DELETE" }), OWN],
  ],
  "(account)/(admin)/admin.tsx": [
    ["GET", to("/admin"), ADMIN],
  ],
  "(account)/(admin)/user_list.tsx": [
    ["GET", to("/user_list"), ADMIN],
  ],
  "(account)/(admin)/update_status.tsx": [
    ["GET", asking("/update_status"), ADMIN],
    ["PUT", about("/update_status"), ADMIN],
    [
      "POST",
      about("/update_status", { _method: "PUT" }),
      ADMIN,
    ],
  ],
  "(account)/(admin)/deleted_users.tsx": [
    ["GET", to("/deleted_users"), ADMIN],
  ],
  // Nobody of that id was deleted: who may ask is told so.
  "(account)/(admin)/restore_user.ts": [
    ["PUT", about("/restore_user"), [401, 403, 403, 404]],
    ["POST", about("/restore_user", { _method: "PUT" }), [401, 403, 403, 404]],
  ],
};

const ROLES = ["anonymous", "own", "other", "admin"] as const;

const NAMES = {
  anonymous: "a stranger",
  own: "a user",
  other: "a user to somebody else",
  admin: "an admin",
};

for (const [column, role] of ROLES.entries()) {
  appTest(
    `what ${NAMES[role]} may do is what the table says`,
    async (app) => {
      const rows = Object.values(TABLE).flat();
      const answers: Record<string, number> = {};
      const expected: Record<string, number> = {};
      for (const [index, [method, request, statuses]] of rows.entries()) {
        const target = await addPerson(app, `target${index}`);
        const client = await clientOf(app, role, target, index);
        const { path, fields } = request(target);
        const { status } = method === "GET"
          ? await client.getJson(path)
          : await client.sendJson(method, path, fields);
        const name = `${index}: ${method} ${path}`;
        answers[name] = status;
        expected[name] = statuses[column]!;
      }
      assert.deepEqual(answers, expected);
    },
  );
}

/** `HEAD` is what `GET` is, and `OPTIONS` tells of the methods alone. */
const ANSWERED_BY_ALL: ReadonlySet<string> = new Set(["HEAD", "OPTIONS"]);

Deno.test("the table of permissions names every method of every route", async () => {
  const root = join(import.meta.dirname!, "../../routes");
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  const routes = files.filter((file) => file.isFile() && !file.name.startsWith("_"))
    .map((file) => join(file.parentPath, file.name).slice(root.length + 1));
  const handlers = await Promise.all(routes.map(async (file) => {
    const { handler }: { handler: Record<string, () => Response> } = await import(
      `../../routes/${file}`
    );
    const allowed = handler.OPTIONS!().headers.get("allow")!.split(", ");
    return allowed.filter((method) => !ANSWERED_BY_ALL.has(method))
      .map((method) => `${method} ${file}`);
  }));
  const listed = new Set(
    Object.entries(TABLE).flatMap(([file, rows]) => rows.map(([method]) => `${method} ${file}`)),
  );
  assert.deepEqual([...listed].sort(), handlers.flat().sort());
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
  }
}
