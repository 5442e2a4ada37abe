import { csp } from "fresh";
import { pageDirectives } from "@/lib/security_headers.ts";
import type { Settings } from "@/lib/settings.ts";

/** Sends the policy of pages with each answer. */
export function pagePolicy({ imagePublicUrl }: Pick<Settings, "imagePublicUrl">) {
  const avatars = imagePublicUrl === undefined ? undefined : new URL(imagePublicUrl).origin;
  return csp({ useNonce: true, csp: pageDirectives(avatars) });
}
