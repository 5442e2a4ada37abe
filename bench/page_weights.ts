import { openDatabase } from "@/lib/db/open_database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { serveApp, type TestApp } from "@/tests/kit/app.ts";
import { loadBuildFrom, prepareBuild } from "@/tests/kit/build.ts";
import { launchChromium, openPage } from "@/tests/kit/chromium.ts";
import { type PageWeight, weighPage } from "./kit/page_weight.ts";
import type { Measurement, Suite, Target } from "./kit/suite.ts";

/** Pages by role. */
const PAGES = {
  strangers: ["/login", "/register"],
  users: ["/profile", "/change_password"],
  admins: ["/admin", "/user_list"],
} as const;

/** Limit for the page that everybody sees first, perhaps over a slow connection. */
const LOGIN_BYTES = 20 * 1024;
/** Only the script that shows the password. */
const LOGIN_SCRIPT_BYTES = 1024;
const SCRIPT_AND_STYLE_BYTES = 40 * 1024;

const PASSWORD = "seven purple dragons";

/** What pages load before anybody uses a field. */
export const pageWeights: Suite = {
  summary: "Bytes of script, of style and in all that each page loads, compressed",
  async run(tell) {
    const database = await openDatabase({ kind: "pglite", path: "memory" });
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
        measurementsOf(path, await weighPage(shown.page, path)).forEach(tell);
      }
    }
    await database.close();
  },
};

function measurementsOf(path: string, weight: PageWeight): Measurement[] {
  const { script, style, html, compressedHtml, total } = weight;
  const isLogin = path === "/login";
  const bytes = (part: string, value: number, target?: Target): Measurement => ({
    name: `page_weights: ${path}, ${part}`,
    value,
    unit: "bytes",
    ...(target && { target }),
  });
  return [
    bytes("script", script, isLogin ? { atMost: LOGIN_SCRIPT_BYTES } : undefined),
    bytes("style", style),
    bytes("script and style", script + style, { atMost: SCRIPT_AND_STYLE_BYTES }),
    bytes("HTML as it is", html),
    bytes("HTML compressed", compressedHtml),
    bytes("all compressed", total, isLogin ? { atMost: LOGIN_BYTES } : undefined),
  ];
}

/** Registers a user of that role and returns the cookies of a session. */
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
