import assert from "node:assert/strict";
import type { Answer, TestClient } from "./client.ts";
import { PASSWORD } from "./people.ts";

/** Proves the user of a session again, as `/step_up` asks for it. */
export async function proveAgain(browser: TestClient): Promise<void> {
  const answer = await browser.sendJson("POST", "/step_up", { password: PASSWORD });
  assert.equal(answer.status, 200, answer.text);
}

/** Deletes the own account by a request that is refused at first, until the user is proven. */
export async function askTwice(
  browser: TestClient,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const refused = await ask();
  assert.deepEqual([refused.status, JSON.parse(refused.text).next], [403, "/step_up"]);
  await proveAgain(browser);
  return await ask();
}

/** Leaves by `/leave`. */
export function leaveRoster(
  browser: TestClient,
  username: string,
  fields: { readonly erase?: "1" } = {},
): Promise<Answer> {
  return askTwice(browser, () => browser.sendJson("POST", "/leave", { username, ...fields }));
}
