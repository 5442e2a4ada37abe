import { domainToUnicode } from "node:url";
import { emailKey, foldKey } from "./shared/fold.ts";

/**
 * Returns the address with its domain in Unicode, as people know it. Browsers send
 * `info@xn--mller-kva.example` where `info@müller.example` was typed.
 */
export function readableAddress(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const domain = address.slice(at);
  if (at === 0 || !/(?:^|\.)xn--/i.test(domain)) return address;
  const readable = address.slice(0, at) + domainToUnicode(domain);
  // An xn-- label that decodes to nothing stays as it is.
  return emailKey(readable) === foldKey(address) ? readable : address;
}
