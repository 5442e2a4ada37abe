/**
 * What pages weigh, as `deno task test` builds them: only a build on disk has its files compressed.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson } from "@/tests/kit/people.ts";
import { signInBrowser } from "./sign_in.ts";

const KB = 1_000;

/** Bytes of the compressed files that a page loads, by kind. */
async function weigh(stage: Stage, path: string): Promise<Record<string, number>> {
  const session = await stage.context.newCDPSession(stage.page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const kinds = new Map<string, string>();
  const weights: Record<string, number> = { Document: 0, Script: 0, Stylesheet: 0 };
  session.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
  session.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId) ?? "Other";
    weights[kind] = (weights[kind] ?? 0) + encodedDataLength;
  });
  await stage.page.goto(path, { waitUntil: "networkidle" });
  await session.detach();
  return weights;
}

browserTest("/login ships no island, 1 KB of script, and at most 20 KB in all", async (stage) => {
  const weights = await weigh(stage, "/login");
  assert.ok(weights["Script"]! <= 1 * KB, `${weights["Script"]}`);
  assert.equal(await scriptsOf(stage.page), 1);
  const total = Object.values(weights).reduce((sum, weight) => sum + weight);
  assert.ok(total > 0 && total <= 20 * KB, `${JSON.stringify(weights)}`);
});

browserTest("no page has more than 40 KB of script and style", async (stage) => {
  const { app } = stage;
  const pages = ["/register", "/verify_email?token=x"];
  const { user_id } = await addPerson(app, "grace");
  const admin = await addAdmin(app);
  const signedIn = [
    "/admin",
    "/user_list",
    "/profile",
    "/change_password",
    `/edit_user?user_id=${user_id}`,
    `/delete_user?user_id=${user_id}`,
  ];
  const found: Record<string, number> = {};
  for (const path of pages) found[path] = await scriptAndStyle(stage, path);
  await signInBrowser(stage, admin);
  for (const path of signedIn) found[path] = await scriptAndStyle(stage, path);
  const tooHeavy = Object.entries(found).filter(([, weight]) => weight > 40 * KB);
  assert.deepEqual(tooHeavy, []);
  for (const weight of Object.values(found)) assert.ok(weight > 0);
});

async function scriptAndStyle(stage: Stage, path: string): Promise<number> {
  const { Script = 0, Stylesheet = 0 } = await weigh(stage, path);
  return Script + Stylesheet;
}

function scriptsOf(page: Page): Promise<number> {
  return page.locator("script").count();
}
