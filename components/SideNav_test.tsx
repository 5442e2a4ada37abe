import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { SideNav } from "@/components/SideNav.tsx";
import type { Role } from "@/lib/shared/users.ts";

/** The entries that are marked, each with the mark. */
function marked(path: string, role: Role): string[] {
  const html = renderToString(<SideNav role={role} path={path} />);
  return [...html.matchAll(/href="([^"]+)" aria-current="([^"]+)"/g)].map(
    ([, href, mark]) => `${href} ${mark}`,
  );
}

Deno.test("SideNav marks the page one is on, whatever its query", () => {
  assert.deepEqual(marked("/user_list?q=ada", "admin"), ["/user_list page"]);
  assert.deepEqual(marked("/change_password", "user"), ["/change_password page"]);
});

Deno.test("SideNav marks the entry of a page that has none of its own", () => {
  assert.deepEqual(marked("/deleted_users", "admin"), ["/user_list true"]);
  assert.deepEqual(marked("/edit_user?user_id=3", "admin"), ["/user_list true"]);
  assert.deepEqual(marked("/edit_user?user_id=3", "user"), ["/profile true"]);
});

Deno.test("SideNav marks an entry on every page of somebody who is signed in", async () => {
  const folders = ["routes/(account)", "routes/(account)/(admin)"];
  for (const folder of folders) {
    for await (const { name } of Deno.readDir(folder)) {
      if (!/^[a-z]\w*\.tsx$/.test(name)) continue;
      const path = `/${name.replace(".tsx", "")}`;
      assert.equal(marked(path, "admin").length, 1, path);
    }
  }
});
