import type { Action } from "./action.ts";
import { type ActionName, actionOf, ACTIONS } from "./actions.ts";

const OWN = "{user} ";

/** The sentence of an entry in the audit trail, with `{actor}` and `{user}` for the names. */
export function trailOf(action: string): string {
  return known(action).trail ?? `{actor} ${action} {user}`;
}

/** Whether users do it to their own account, perhaps before they are signed in. */
export function isOwnTrail(action: string): boolean {
  return trailOf(action).startsWith(OWN);
}

/**
 * Whether the one who did it needs no rights over the account, and so may have been anybody: signing
 * in and failing to, for instance.
 */
export function isOpenToAll(action: string): boolean {
  const { by, suffered } = known(action);
  return by === undefined && (isOwnTrail(action) || suffered !== undefined);
}

/** Names who did it: an admin who viewed as the actor comes first. */
export function actorInWords(
  { actor, real_actor }: { readonly actor: string; readonly real_actor: string | null },
): string {
  return real_actor === null ? actor : `${real_actor} (viewing as ${actor})`;
}

/** Says what happened to the user of an entry in the audit trail, and from where or by whom. */
export function eventOfUser(
  { action, actor, ip }: { action: string; actor: string; ip: string | null },
): string {
  const isOwn = isOwnTrail(action);
  const trail = trailOf(action);
  const words = isOwn
    ? trail.slice(OWN.length)
    : known(action).suffered ?? trail.replace("{actor}", "was").replace(/ ?\{user\}/, "");
  if (!isOwn && actor !== "anonymous") return `${words} by ${actor}`;
  return ip === null ? words : `${words} from ${ip}`;
}

/** The action of an entry. Another version of the application may have written it. */
function known(action: string): Action {
  return Object.hasOwn(ACTIONS, action) ? actionOf(action as ActionName) : {};
}
