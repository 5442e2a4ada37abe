/** Which routes and actions take an API key, as routes and table are. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type ActionName, actionOf, actionsWith } from "@/lib/shared/actions.ts";
import { type Scope, SCOPES } from "@/lib/shared/api_keys.ts";
import { programOf } from "@/tests/kit/api_keys.ts";
import { appTest } from "@/tests/kit/app.ts";
import { addAdmin, addPerson } from "@/tests/kit/people.ts";

const ALL = Object.keys(SCOPES) as Scope[];

/** Routes for programs. */
const FOR_PROGRAMS = new Set([
  "/profile",
  "/edit_user",
  "/delete_user",
  "/update_status",
  "/reset_two_factor",
  "/tag_user",
  "/user",
  "/demand_password",
  "/write_note",
  "/user_list",
  "/deleted_users",
  "/export_users",
  "/bulk_jobs",
  "/bulk_job",
  "/bulk_results",
]);

/** Routes that ask nobody who they are. */
const FOR_EVERYBODY = new Set(["/healthz", "/readyz", "/images/[name]"]);

async function methodsByPath(): Promise<[string, string[]][]> {
  const root = join(import.meta.dirname!, "../../routes");
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  const names = files.filter((file) => file.isFile() && !file.name.startsWith("_"))
    .map((file) => join(file.parentPath, file.name).slice(root.length + 1));
  return await Promise.all(names.map(async (name) => {
    const { handler } = await import(`../../routes/${name}`);
    const path = `/${name.replaceAll(/\([a-z]+\)\//g, "").replace(/\.tsx?$/, "")}`;
    const methods = Object.keys(handler).filter((method) => method !== "OPTIONS");
    return [path.replace(/^\/index$/, "/"), methods] as [string, string[]];
  }));
}

appTest("every route refuses API keys, except those that are made for programs", async (app) => {
  const { ask } = await programOf(app, await addAdmin(app), ALL);
  const taken: string[] = [];
  let refused = 0;
  for (const [path, methods] of await methodsByPath()) {
    if (FOR_PROGRAMS.has(path) || FOR_EVERYBODY.has(path)) continue;
    for (const method of methods) {
      const { status } = await ask(method, path, ["GET", "HEAD"].includes(method) ? undefined : {});
      if (status === 403) refused++;
      else taken.push(`${method} ${path}: ${status}`);
    }
  }
  assert.deepEqual(taken, []);
  assert.ok(refused > 30, String(refused));
});

appTest("a request for an action needs the scope that its row names", async (app) => {
  const admin = await addAdmin(app);
  const programs = await Promise.all(ALL.map((scope) => programOf(app, admin, [scope])));
  for (const name of actionsWith<ActionName>(({ route }) => route !== undefined)) {
    const { form = {}, route, scope } = actionOf(name);
    const words = Object.entries({ tag: "vip", note: "Called", note_id: 1 })
      .filter(([field]) => Object.hasOwn(form, field));
    const { method, path, fields } = route!;
    for (const [index, { ask }] of programs.entries()) {
      const { user_id } = await addPerson(app, `${name}${index}`);
      const { status, text } = await ask(method, path, {
        ...fields,
        ...Object.fromEntries(words),
        user_id,
      });
      const isEnough = ALL[index] === scope;
      assert.equal(status !== 403, isEnough, `${name} with ${ALL[index]}: ${text}`);
    }
  }
});
