import sharp from "sharp";
import { ratioOf } from "./kit/compare.ts";
import { type BenchRequest, sendRequests } from "./kit/load.ts";
import { type BenchRoster, cookieOf, listActiveUsers, serveRoster } from "./kit/roster.ts";
import { requestsPerCpuSecond, serveBareTwin } from "./kit/server.ts";
import type { Suite } from "./kit/suite.ts";

const PRESSURE = { connections: 32, durationMs: 1500 };

/** As many users upload at a time. */
const UPLOADERS = 8;
const UPLOADS_MS = 8_000;

/** Avatars in both directions. */
export const images: Suite = {
  summary: "GET /images/KEY from memory against a bare Deno.serve, and uploads a second",
  async run(tell) {
    await using roster = await serveRoster({ users: 100 });
    const users = await listActiveUsers(roster.services.db, UPLOADERS);
    const requests = await Promise.all(users.map(({ id }) => uploadRequest(roster, id)));
    const path = await uploadOnce(roster, requests[0]!);
    await using bare = await serveBareTwin(roster.server.port, { path });
    const value = await ratioOf(
      () => requestsPerCpuSecond(roster.server, [{ path }], PRESSURE),
      () => requestsPerCpuSecond(bare, [{ path }], PRESSURE),
    );
    const of = "a bare Deno.serve, requests/s";
    tell({ name: "images: GET /images/KEY from memory", value, unit: "ratio", of });
    const pressure = { connections: UPLOADERS, durationMs: UPLOADS_MS };
    const { count, seconds } = await sendRequests(roster.server.port, requests, pressure);
    tell({ name: "images: uploads of 3 megapixels", value: count / seconds, unit: "uploads/s" });
  },
};

/** The request with which a user uploads a photograph of their own. */
async function uploadRequest({ services }: BenchRoster, userId: number): Promise<BenchRequest> {
  const form = new FormData();
  form.set("user_id", String(userId));
  form.set("image", new File([await photograph(userId)], "me.jpg", { type: "image/jpeg" }));
  const encoded = new Response(form);
  const headers = {
    "content-type": encoded.headers.get("content-type") ?? "",
    "accept": "application/json",
    "sec-fetch-site": "same-origin",
    "cookie": await cookieOf(services, userId),
  };
  return { path: "/edit_user", method: "PUT", headers, body: await encoded.bytes() };
}

/** A JPEG of 3 megapixels with about as much detail as a photograph. */
async function photograph(seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const background = { r: seed % 256, g: 128, b: 128 };
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  const picture = sharp({ create: { width: 2000, height: 1500, channels: 3, background, noise } });
  return new Uint8Array(await picture.blur(3).jpeg().toBuffer());
}

async function uploadOnce({ server }: BenchRoster, request: BenchRequest): Promise<string> {
  const { path, body, ...init } = request;
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    ...init,
    body: new Uint8Array(body instanceof Uint8Array ? body : []),
  });
  const { image } = await response.json();
  if (typeof image !== "string") throw new Error(`The upload failed with ${response.status}`);
  return image;
}
