import assert from "node:assert/strict";
import type { Answer, TestClient } from "./client.ts";
import { PASSWORD } from "./people.ts";

/** What proves a user at `/step_up`. */
type Proof = { readonly password: string } | { readonly code: string };

/** Deletes the own account by a request that is refused at first, until the user is proven. */
export async function askTwice(
  browser: TestClient,
  ask: () => Promise<Answer>,
  proof: Proof = { password: PASSWORD },
): Promise<Answer> {
  const refused = await ask();
  assert.deepEqual([refused.status, JSON.parse(refused.text).next], [403, "/step_up"]);
  const answer = await browser.sendJson("POST", "/step_up", proof);
  assert.equal(answer.status, 200, answer.text);
  return await ask();
}

/** Leaves by `/leave`. */
export function leaveRoster(
  browser: TestClient,
  username: string,
  fields: { readonly erase?: "1" } = {},
  proof?: Proof,
): Promise<Answer> {
  const ask = () => browser.sendJson("POST", "/leave", { username, ...fields });
  return askTwice(browser, ask, proof);
}
