import { csp } from "fresh";
import type { Settings } from "@/lib/settings.ts";

/** Sets what pages may load: their own files, scripts and styles with a nonce, and avatars. */
export function pagePolicy(settings: Pick<Settings, "imagePublicUrl">) {
  const images = ["'self'", "data:", "blob:"];
  if (settings.imagePublicUrl) images.push(new URL(settings.imagePublicUrl).origin);
  return csp({
    useNonce: true,
    csp: [
      "default-src 'none'",
      "script-src 'self' 'unsafe-inline'",
      "style-src 'self' 'unsafe-inline'",
      `img-src ${images.join(" ")}`,
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ],
  });
}
