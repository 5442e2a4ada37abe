import { updateUser } from "@/lib/repo/users.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { useOneTimeToken } from "./one_time.ts";

/**
 * Forgives the failed sign-ins of the user whose link this is.
 *
 * @throws {DomainError} `link_invalid`
 */
export async function unlockAccount(
  services: Services,
  actor: Actor,
  token: string,
): Promise<{ readonly username: string }> {
  return await useOneTimeToken(services, "unlock_account", token, async (tx, user) => {
    await updateUser(tx, user.id, { failed_logins: 0, locked_until: null });
    await audit(tx, actor, "unlock_account", user);
    return { username: user.username };
  });
}
