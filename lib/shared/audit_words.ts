import { type Action, type ActionName, actionOf, ACTIONS } from "./actions.ts";

const OWN = "{user} ";

/** The sentence of an entry in the audit trail, with `{actor}` and `{user}` for the names. */
export function trailOf(action: string): string {
  return known(action).trail ?? `{actor} ${action} {user}`;
}

/** Whether users do it with their own account, some of it before they are signed in to it. */
export function isOwnTrail(action: string): boolean {
  return trailOf(action).startsWith(OWN);
}

/** Tells what an entry of the audit trail says of the user it is about, and from where or by whom. */
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

/** Entries may tell of actions that this version does not know. */
function known(action: string): Action {
  return Object.hasOwn(ACTIONS, action) ? actionOf(action as ActionName) : {};
}
