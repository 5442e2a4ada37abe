import { createPGlite, databaseOf } from "@/lib/db/pglite.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { serveApp, type TestApp } from "@/tests/kit/app.ts";
import { loadBuildFrom, prepareBuild } from "@/tests/kit/build.ts";
import { launchChromium, openPage } from "@/tests/kit/chromium.ts";
import { weighPage } from "./kit/page_weight.ts";
import type { Suite } from "./kit/suite.ts";

/** Pages for strangers, then those for who is signed in. */
const PAGES = {
  strangers: ["/login", "/register"],
  users: ["/profile", "/change_password"],
  admins: ["/admin", "/user_list"],
} as const;

const PASSWORD = "seven purple dragons";

/** What the pages load before anybody uses a field. */
export const pageWeights: Suite = {
  summary: "Bytes of script, of style and in all that each page loads, compressed",
  async run(tell) {
    const database = databaseOf(await createPGlite());
    await migrateUp(database.db);
    await using build = await prepareBuild();
    await using app = await serveApp(
      { ...database, url: undefined },
      { build: loadBuildFrom(build.folder) },
    );
    await using browser = await launchChromium();
    for (const [role, paths] of Object.entries(PAGES)) {
      const cookies = role === "strangers" ? [] : await signIn(app, role);
      for (const path of paths) {
        await using shown = await openPage(browser, { baseURL: app.origin });
        await shown.context.addCookies(cookies);
        const weight = await weighPage(shown.page, path);
        for (const [part, value] of Object.entries(weight)) {
          tell({ name: `page weight: ${path}, ${part}`, value, unit: "bytes" });
        }
      }
    }
    await database.close();
  },
};

/** Registers a user who may see the pages of that role, and gives the cookies of a session. */
async function signIn({ client, services, origin }: TestApp, role: string) {
  const visitor = client();
  const email = `${role}@example.org`;
  const passwords = { password: PASSWORD, password2: PASSWORD };
  await visitor.postForm("/register", { username: role, email, ...passwords });
  if (role === "admins") {
    await services.db.updateTable("users").set({ role: "admin" }).where("email", "=", email)
      .execute();
  }
  const { status, text } = await visitor.postForm("/login", {
    username: role,
    password: PASSWORD,
  });
  if (status !== 303) throw new Error(`Cannot sign in: ${text}`);
  return [...visitor.cookies()].map(([name, value]) => ({ name, value, url: origin }));
}
