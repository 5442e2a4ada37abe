import assert from "node:assert/strict";
import { stepAt, totpCode } from "@/lib/crypto/totp.ts";
import type { TestApp } from "./app.ts";
import type { Answer, TestClient } from "./client.ts";
import { logIn, PASSWORD, type Person, signedIn } from "./people.ts";

/** A second factor as its owner has it. */
export interface OwnedFactor {
  readonly secret: string;
  readonly codes: readonly string[];
  /** The browser in which it was turned on, which is signed in. */
  readonly browser: TestClient;
}

/** The code that an authenticator shows now, or some steps later. */
export function codeOf(secret: string, offset = 0): Promise<string> {
  return totpCode(secret, stepAt(new Date()) + offset);
}

/** Turns two-factor sign-in on, as a script would. */
export async function turnOn(app: TestApp, person: Person): Promise<OwnedFactor> {
  const browser = await signedIn(app, person);
  const begun = await browser.sendJson("POST", "/set_up_two_factor", {});
  assert.equal(begun.status, 200, begun.text);
  const { secret } = JSON.parse(begun.text);
  const code = await codeOf(secret);
  const done = await browser.sendJson("POST", "/set_up_two_factor", { code });
  assert.equal(done.status, 200, done.text);
  await forgetSteps(app);
  return { secret, codes: JSON.parse(done.text).recovery_codes, browser };
}

/** Lets codes be used again, as if half a minute had passed. */
export async function forgetSteps({ services }: TestApp): Promise<void> {
  await services.db.updateTable("second_factors").set({ used_step: 0 }).execute();
}

/** A browser in which the password was right, and the second step waits. */
export async function afterPassword(app: TestApp, { username }: Person): Promise<TestClient> {
  const browser = app.client();
  const answer = await logIn(browser, username);
  assert.equal(answer.status, 202, answer.text);
  return browser;
}

/** Sends a code as the second step. */
export function sendCode(browser: TestClient, code: string): Promise<Answer> {
  return browser.sendJson("POST", "/two_factor", { code });
}

/** A code of six digits that is not the right one. */
export async function wrongCode(secret: string): Promise<string> {
  const right = await Promise.all([-1, 0, 1, 2].map((offset) => codeOf(secret, offset)));
  return ["000000", "111111", "222222", "333333", "444444"].find((code) => !right.includes(code))!;
}

/** Proves the user of a browser again, by the password, as a script would. */
export async function prove(browser: TestClient, next?: string): Promise<void> {
  const fields = { password: PASSWORD, ...(next !== undefined && { next }) };
  const answer = await browser.sendJson("POST", "/step_up", fields);
  assert.equal(answer.status, 200, answer.text);
}

/** Makes all proofs of users look older. */
export async function ageProofs({ services }: TestApp, minutes: number): Promise<void> {
  await services.db.updateTable("sessions")
    .set({ proven_at: new Date(Date.now() - minutes * 60_000) }).execute();
}
