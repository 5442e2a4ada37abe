import { hashToken, randomToken } from "@/lib/crypto/token.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { Mail } from "@/lib/mail/mailer.ts";
import { hasEmailTokenSince, insertEmailToken } from "@/lib/repo/email_tokens.ts";
import type { User } from "@/lib/repo/users.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import type { Services } from "@/lib/domain/services.ts";

const LINK_HOURS = 24;

/** E-mails take a while to arrive: a user who signs in meanwhile needs no second one. */
const PAUSE_SECONDS = 60;

/**
 * Mails a user the link that verifies their address. Earlier links stay valid, because e-mails may
 * be slow. It is rate-limited, because the sender need not own the address.
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
    // Contains nothing that the sender chose: mail programs turn names like www.example.com into
    // links.
    text: `Hello,

somebody, probably you, created an account with this address. To confirm it, open

${services.settings.appUrl}/verify_email?token=${token}

within ${LINK_HOURS} hours. If it was not you, ignore this e-mail: without the link nobody can sign in.
`,
  });
}

/** Tells the owner of an account that somebody tried to register with its address. */
export async function mailAlreadyRegistered(services: Services, email: string): Promise<void> {
  if (!services.limits.letters.tryTake(emailKey(email))) return;
  await sendLater(services, {
    to: email,
    subject: "You already have an account",
    text: `Hello,

somebody, probably you, tried to create an account with this address, but it already has one. To sign in, open

${services.settings.appUrl}/login

If it was not you, you need not do anything.
`,
  });
}

/**
 * Sends an e-mail in the background: waiting for the mail server would reveal which addresses have
 * an account. The next sign-in replaces a lost e-mail.
 */
function sendLater({ mail, log }: Services, letter: Mail): Promise<void> {
  mail.send(letter).catch((error: unknown) => {
    log.error({ err: error, subject: letter.subject }, "Mail could not be sent");
  });
  return Promise.resolve();
}
