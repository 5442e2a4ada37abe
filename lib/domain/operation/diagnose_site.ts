import { messageOf } from "@/lib/message_of.ts";
import type { Finding } from "./finding.ts";
import { LIVE_CHECKS, type LiveCheck } from "./live_checks.ts";
import { type LiveSite, visit } from "./live_site.ts";

/** Where an installation is looked at. */
export interface LiveOptions {
  /** The port on which http leads to https. */
  readonly httpPort: number;
  /** PEM text of the authority of its certificate; the well-known authorities if absent. */
  readonly ca?: string | undefined;
}

/** Looks at an installation from outside, without signing in. Changes nothing there. */
export async function diagnoseSite(url: URL, { httpPort, ca }: LiveOptions): Promise<Finding[]> {
  const site = visit(url, httpPort, ca);
  try {
    await site.ask({ path: "/login" });
  } catch (error) {
    const advice = "Start the server and its proxy, and give doctor the address that people type";
    return [{
      check: "Address",
      state: "fail",
      detail: `${url.origin}: ${messageOf(error)}`,
      advice,
    }];
  }
  const checks = LIVE_CHECKS.filter(({ overTls }) => !overTls || url.protocol === "https:");
  return await Promise.all(checks.map((check) => run(check, site)));
}

async function run(
  { check, asvs, fact, advice, find }: LiveCheck,
  site: LiveSite,
): Promise<Finding> {
  const faults = await Promise.try(find, site).catch((error) => [messageOf(error)]);
  return faults.length === 0
    ? { check, state: "ok", asvs, detail: fact }
    : { check, state: "fail", asvs, detail: shorten(faults), advice };
}

const MAX_FAULTS = 3;

function shorten(faults: readonly string[]): string {
  const more = faults.length - MAX_FAULTS;
  return [...faults.slice(0, MAX_FAULTS), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
