import type { Stage } from "@/tests/kit/browser.ts";
import { type Person, signedIn } from "@/tests/kit/people.ts";

/** Signs somebody in, in the browser of a test. */
export async function signInBrowser({ app, context }: Stage, person: Person): Promise<void> {
  const client = await signedIn(app, person);
  await context.addCookies(
    [...client.cookies()].map(([name, value]) => ({ name, value, url: app.origin })),
  );
}

/** Opens a page and waits until its islands are there. */
export async function openPath({ page }: Stage, path: string): Promise<void> {
  await page.goto(path, { waitUntil: "networkidle" });
}
