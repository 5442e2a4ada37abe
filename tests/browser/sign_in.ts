import type { Locator, Page } from "playwright-core";
import type { Stage } from "@/tests/kit/browser.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { type Person, signedIn } from "@/tests/kit/people.ts";

/** Signs a user in, on the pages of one of the names of this machine. */
export async function signInBrowser(
  stage: Stage,
  person: Person,
  url = stage.app.origin,
): Promise<void> {
  await useCookiesOf(stage, await signedIn(stage.app, person), url);
}

/** Goes on with the session of a client. */
export async function useCookiesOf(
  { app, context }: Stage,
  client: TestClient,
  url = app.origin,
): Promise<void> {
  await context.addCookies(
    [...client.cookies()].map(([name, value]) => ({ name, value, url })),
  );
}

/** Opens a page and waits until its islands are hydrated and their effects have run. */
export async function openPath({ page }: Pick<Stage, "page">, path: string): Promise<void> {
  await page.goto(path);
  await page.evaluate(async () => {
    const nextFrame = () =>
      new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const isMarked = () => /<!--frsh:i/.test(document.body.innerHTML);
    do await nextFrame(); while (isMarked());
    await nextFrame();
  });
}

/** Clicks a link that opens a modal of the same name. */
export async function openModal(page: Page, name: string): Promise<Locator> {
  await page.getByRole("link", { name }).click();
  const modal = page.getByRole("dialog", { name });
  await modal.waitFor();
  return modal;
}
