import type { Db } from "@/lib/db/database.ts";
import type { User } from "@/lib/repo/users.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import type { Services } from "@/lib/domain/services.ts";

/** How the limit of guesses counts the attempts of strangers with a user's name or address. */
function namesOf({ username, email }: User): string[] {
  return [emailKey(username), emailKey(email)];
}

/** Returns the seconds for which strangers may not guess the password of a user any more. */
export async function guessesBlockedFor({ db, limits }: Services, user: User): Promise<number> {
  return await limits.guesses.secondsLeft(namesOf(user), db);
}

/** Lets sign-ins with the names or addresses of users be tried again at once. */
export async function forgiveGuesses(
  { limits }: Pick<Services, "limits">,
  db: Db,
  users: readonly User[],
): Promise<void> {
  await limits.guesses.refill(users.flatMap(namesOf), db);
}
