import { domainToUnicode } from "node:url";
import { emailKey, foldKey } from "./shared/fold.ts";

/**
 * The address with its domain in the letters of its language, as people know it. Browsers send
 * `info@xn--mller-kva.example` where `info@müller.example` was typed.
 */
export function readableAddress(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const domain = address.slice(at);
  if (at === 0 || !/(?:^|\.)xn--/i.test(domain)) return address;
  const readable = address.slice(0, at) + domainToUnicode(domain);
  // What begins with xn-- and stands for nothing stays as it is.
  return emailKey(readable) === foldKey(address) ? readable : address;
}
