import sharp from "sharp";
import type { Services } from "@/lib/domain/services.ts";
import type { BenchRequest } from "./load.ts";
import { cookieOf } from "./roster.ts";

/** Makes the request with which a user uploads their picture. */
export async function uploadRequest(
  services: Services,
  userId: number,
  picture: Uint8Array<ArrayBuffer>,
): Promise<BenchRequest> {
  const form = new FormData();
  form.set("user_id", String(userId));
  form.set("image", new File([picture], "me.jpg", { type: "image/jpeg" }));
  const encoded = new Response(form);
  const headers = {
    "content-type": encoded.headers.get("content-type") ?? "",
    "accept": "application/json",
    "sec-fetch-site": "same-origin",
    "cookie": await cookieOf(services, userId),
  };
  return { path: "/edit_user", method: "PUT", headers, body: await encoded.bytes() };
}

/** Makes a JPEG with about as much detail as a photograph, a different one each time. */
export async function photograph(
  size: { readonly width: number; readonly height: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const background = { r: 96, g: 128, b: 128 };
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  const picture = sharp({ create: { ...size, channels: 3, background, noise } });
  return new Uint8Array(await picture.blur(3).jpeg().toBuffer());
}

/**
 * Sends an upload once and returns the avatar's URL.
 *
 * @throws {Error} if the upload is refused.
 */
export async function upload(port: number, request: BenchRequest): Promise<string> {
  const { path, body, ...init } = request;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    ...init,
    body: new Uint8Array(body instanceof Uint8Array ? body : []),
  });
  const { image } = await response.json();
  if (typeof image !== "string") throw new Error(`The upload failed with ${response.status}`);
  return image;
}
