import type { RateLimit } from "@/lib/domain/rate_limit.ts";

/** Takes all that a client may do. */
export async function exhaust(limit: RateLimit, client: string): Promise<void> {
  while (await limit.tryTake(client));
}
