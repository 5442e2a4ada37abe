/** What users do with their own account, some of it before they are signed in to it. */
const OWN: Readonly<Record<string, string>> = {
  register: "registered",
  set_up: "became the first admin",
  sign_in: "signed in",
  sign_out: "signed out",
  verify_email: "confirmed the address",
  change_password: "changed the password",
};

/** What somebody does to a user. */
const DONE: Readonly<Record<string, string>> = {
  register_again: "tried to register an address that has an account:",
  sign_in_failed: "failed to sign in as",
  create_user: "created",
  edit_user: "edited",
  suspend_user: "suspended",
  activate_user: "activated",
  unlock_user: "unlocked",
  delete_user: "deleted",
  restore_user: "brought back",
  sign_out_user: "ended the sessions of",
  import_users: "imported",
  seed_users: "made up sample users",
};

/** What is said otherwise from the side of the user than "was" and the word above. */
const SUFFERED: Readonly<Record<string, string>> = {
  sign_in_failed: "failed to sign in",
  sign_out_user: "was signed out everywhere",
};

/** Says what a user did with the own account; nothing if it was done to the user. */
export function wordsForOwn(action: string): string | undefined {
  return OWN[action];
}

/** Says what was done to a user, to stand between the name of the actor and that of the user. */
export function wordsForDone(action: string): string {
  return DONE[action] ?? action;
}

/** Tells what an entry of the audit trail says of the user it is about, and from where or by whom. */
export function eventOfUser(
  { action, actor, ip }: { action: string; actor: string; ip: string | null },
): string {
  const words = OWN[action] ?? SUFFERED[action] ?? `was ${wordsForDone(action)}`;
  const isOwn = action in OWN || actor === "anonymous";
  if (!isOwn) return `${words} by ${actor}`;
  return ip === null ? words : `${words} from ${ip}`;
}
