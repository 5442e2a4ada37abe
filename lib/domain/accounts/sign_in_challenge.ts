import { hashToken, randomToken } from "@/lib/crypto/token.ts";
import type { Tx } from "@/lib/db/database.ts";
import { insertOneTimeToken } from "@/lib/repo/one_time_tokens.ts";
import type { User } from "@/lib/repo/users.ts";
import { CHALLENGE_MINUTES } from "@/lib/shared/one_time.ts";
import { minutesFromNow } from "./one_time.ts";

/** Begins the second step of a sign-in. A user may be in the middle of several. */
export async function insertChallenge(
  tx: Tx,
  user: Pick<User, "id" | "email">,
): Promise<string> {
  const token = randomToken();
  await insertOneTimeToken(tx, {
    kind: "sign_in_challenge",
    user_id: user.id,
    email: user.email,
    token_hash: hashToken(token),
    expires_at: minutesFromNow(CHALLENGE_MINUTES),
  });
  return token;
}
