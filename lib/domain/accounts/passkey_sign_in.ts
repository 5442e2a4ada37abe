import { randomToken } from "@/lib/crypto/token.ts";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { openByPasskey, type OpenedSession } from "./new_session.ts";
import { askForPasskey, checkPasskey, type PasskeyRequest } from "./passkey_proof.ts";

/** What a passkey has to sign, and the token of the browser that may answer. */
export interface PasskeySignIn {
  readonly request: PasskeyRequest;
  /** For a cookie. Nobody else can use the answer. */
  readonly browser: string;
}

/**
 * Begins a sign-in with a passkey. The browser says whose it is.
 *
 * @param browser its token, if it has one
 * @throws {DomainError} `passkeys_not_offered`, `too_many_requests`
 */
export async function beginPasskeySignIn(
  services: Services,
  actor: AnonymousActor | UserActor,
  browser = randomToken(),
): Promise<PasskeySignIn> {
  const request = await askForPasskey(services, actor, { boundTo: thisBrowser(browser) });
  return { request, browser };
}

/**
 * Signs the user of a passkey in. The passkey has verified its user, by a finger or a PIN, so no
 * second factor is asked for. A lock, a suspension and an address that is not confirmed hold as for
 * the password, and every refusal has the same words.
 *
 * @throws {DomainError} `passkey_refused`, `too_many_requests`
 */
export async function signInByPasskey(
  services: Services,
  actor: AnonymousActor | UserActor,
  browser: string,
  credential: string,
): Promise<OpenedSession> {
  const { limits } = services;
  const client = clientOfActor(actor);
  await limits.failedSignIns.take(client);
  const checked = await checkPasskey(services, thisBrowser(browser), credential);
  const opened = await openByPasskey(services, actor, checked);
  await limits.failedSignIns.giveBack(client);
  await limits.passkeys.giveBack(client);
  return opened;
}

function thisBrowser(token: string): string {
  return `browser ${token}`;
}
