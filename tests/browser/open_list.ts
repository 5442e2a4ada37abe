import type { Page } from "playwright-core";
import type { Stage } from "@/tests/kit/browser.ts";
import { addAdmin, type Person } from "@/tests/kit/people.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

/** Shows the list to an admin. */
export async function openList(stage: Stage): Promise<{ page: Page; admin: Person }> {
  const admin = await addAdmin(stage.app);
  await signInBrowser(stage, admin);
  await openPath(stage, "/user_list");
  return { page: stage.page, admin };
}

/** Returns the name or id of the focused element. */
export function focusedName(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    return focused?.getAttribute("name") ?? focused?.id;
  });
}
