import { setTimeout as pause } from "node:timers/promises";
import { bracketed } from "@/lib/ip_address.ts";
import type { Place } from "./port.ts";

const POLL_MS = 50;

/**
 * Addresses that stand for all addresses of the machine, and the loopback address to reach each by.
 */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** Returns the origin at which this machine reaches its own server. */
export function localOrigin({ host, port }: Place): string {
  return `http://${bracketed(LOOPBACK[host] ?? host)}:${port}`;
}

/** Waits until a server on this machine answers. Returns false if it ended before. */
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
    await pause(POLL_MS);
  }
  return false;
}
