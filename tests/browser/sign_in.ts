import type { Stage } from "@/tests/kit/browser.ts";
import { type Person, signedIn } from "@/tests/kit/people.ts";

/** Signs a user in. */
export async function signInBrowser({ app, context }: Stage, person: Person): Promise<void> {
  const client = await signedIn(app, person);
  await context.addCookies(
    [...client.cookies()].map(([name, value]) => ({ name, value, url: app.origin })),
  );
}

/** Opens a page and waits for its islands. */
export async function openPath({ page }: Stage, path: string): Promise<void> {
  await page.goto(path, { waitUntil: "networkidle" });
}
