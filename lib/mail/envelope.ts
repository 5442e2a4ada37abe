import { asciiAddress } from "@/lib/shared/fold.ts";
import type { Mail } from "./mail.ts";

/**
 * Adds what every e-mail needs. The domain is written in ASCII, because not every mail server
 * accepts other letters. The header keeps holiday notices and other robots from answering.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3834#section-5
 */
export function envelopeOf(mail: Mail) {
  const headers = { "Auto-Submitted": "auto-generated" };
  return { ...mail, headers, to: asciiAddress(mail.to) };
}
