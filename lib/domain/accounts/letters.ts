import { hashToken, randomToken } from "@/lib/crypto/token.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { Mail } from "@/lib/mail/mailer.ts";
import { hasEmailTokenSince, insertEmailToken } from "@/lib/repo/email_tokens.ts";
import type { User } from "@/lib/repo/users.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import type { Services } from "@/lib/domain/services.ts";

const LINK_HOURS = 24;

/** A letter takes a while to arrive: a user who signs in meanwhile needs no second one. */
const PAUSE_SECONDS = 60;

/**
 * Mails a link to a user whose address is to be proven. Earlier links go on working, since letters
 * may be slow. Not too often: the sender need not be the owner of the address.
 */
export async function mailVerificationLink(
  services: Services,
  user: Pick<User, "id" | "email">,
): Promise<void> {
  const token = randomToken();
  const isDue = await inTransaction(services.db, async (tx) => {
    const { id: userId, email } = user;
    if (await hasEmailTokenSince(tx, { userId, email, seconds: PAUSE_SECONDS })) return false;
    if (!services.limits.letters.tryTake(emailKey(email))) return false;
    await insertEmailToken(tx, {
      token_hash: hashToken(token),
      user_id: user.id,
      email: user.email,
      expires_at: new Date(Date.now() + LINK_HOURS * 3_600_000),
    });
    return true;
  });
  if (!isDue) return;
  await sendLater(services, {
    to: user.email,
    subject: "Confirm your address",
    // Nothing in it is the sender's choice: mail programs make links of names like www.example.com.
    text: `Hello,

somebody, probably you, made an account with this address. To confirm it, open

${services.settings.appUrl}/verify_email?token=${token}

within ${LINK_HOURS} hours. If it was not you, ignore this letter: without the link nobody can sign in.
`,
  });
}

/** Tells the owner of an account that somebody tried to register with its address. */
export async function mailAlreadyRegistered(services: Services, email: string): Promise<void> {
  if (!services.limits.letters.tryTake(emailKey(email))) return;
  await sendLater(services, {
    to: email,
    subject: "You have an account already",
    text: `Hello,

somebody, probably you, tried to make an account with this address, which has one already. To sign in, open

${services.settings.appUrl}/login

If it was not you, you need not do anything.
`,
  });
}

/**
 * Does not make anybody wait for the mail server, whose slowness would also tell addresses that
 * have an account from those that have none. A letter that is lost is sent again at sign-in.
 */
function sendLater({ mail, log }: Services, letter: Mail): Promise<void> {
  mail.send(letter).catch((error: unknown) => {
    log.error({ err: error, subject: letter.subject }, "Mail could not be sent");
  });
  return Promise.resolve();
}
