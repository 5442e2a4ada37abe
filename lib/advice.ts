import { messageOf } from "@/lib/message_of.ts";

/** An error message that hints at a wrong setting, and what to do about it. */
export interface Symptom {
  readonly reason: RegExp;
  readonly advice: string;
}

/** Symptoms of certificate problems of a server, given the names of its settings. */
export function certificateSymptoms(url: string, caFile: string): readonly Symptom[] {
  return [
    {
      reason: /ALTNAME|does not match certificate|NotValidForName/i,
      advice: `write the name that its certificate is for as the host of ${url}`,
    },
    { reason: /certificate has expired|Expired/i, advice: "renew the server's certificate" },
    {
      reason: /UnknownIssuer|self.signed|unable to (get|verify).*(issuer|certificate)|CaUsedAsEnd/i,
      advice: `name a PEM file with the certificate of its authority in ${caFile}`,
    },
  ];
}

/** Messages about a server that cannot be reached. */
export const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|getaddrinfo|not done within|timeout|timed out/i;

/** Returns what to do about an error, by the first symptom that matches. */
export function adviceFor(error: unknown, symptoms: readonly Symptom[]): string | undefined {
  const reason = messageOf(error);
  return symptoms.find((symptom) => symptom.reason.test(reason))?.advice;
}

/** Returns an error's message, and what to do about it if a symptom matches. */
export function withAdvice(error: unknown, symptoms: readonly Symptom[]): string {
  const reason = messageOf(error);
  const advice = adviceFor(error, symptoms);
  return advice === undefined ? reason : `${reason.replace(/[\s.]+$/, "")}: ${advice}`;
}
