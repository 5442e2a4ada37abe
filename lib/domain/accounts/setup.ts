import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { clientOf } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";

/**
 * Makes sure that there is no admin yet.
 *
 * @throws {DomainError} `setup_over`
 */
export async function requireNoAdmin({ firstAdmin }: Services): Promise<void> {
  if (!await firstAdmin.isAwaited()) throw new DomainError("setup_over");
}

/**
 * Makes sure that somebody has the link that the start has printed.
 *
 * @throws {DomainError} `setup_token_wrong`, `too_many_requests`
 */
export function requireSetupToken(
  { firstAdmin, limits }: Services,
  actor: AnonymousActor | UserActor,
  token: string,
): void {
  const client = clientOf(actor.source.ip);
  limits.setupTokens.take(client);
  if (!firstAdmin.isToken(token)) throw new DomainError("setup_token_wrong");
  limits.setupTokens.giveBack(client);
}
