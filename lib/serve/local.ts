import { bracketed } from "@/lib/ip_address.ts";
import type { Place } from "./port.ts";

const POLL_MS = 50;

/** Addresses that stand for every address of the machine, and the one to reach it by itself. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** The address by which this machine reaches its own server. */
export function localOrigin({ host, port }: Place): string {
  return `http://${bracketed(LOOPBACK[host] ?? host)}:${port}`;
}

/** Waits for a server of this machine to answer; says whether it did before it ended. */
export async function untilAnswering(place: Place, ended: Promise<unknown>): Promise<boolean> {
  let isGone = false;
  ended.finally(() => isGone = true);
  while (!isGone) {
    try {
      const { ok, body } = await fetch(`${localOrigin(place)}/healthz`);
      await body?.cancel();
      if (ok) return true;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}
