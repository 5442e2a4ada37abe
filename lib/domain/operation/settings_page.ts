import { inTime } from "@/lib/time_limit.ts";
import { messageOf } from "@/lib/message_of.ts";
import { findUserById } from "@/lib/repo/users.ts";
import type { SettingsView } from "@/lib/shared/operation_views.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { type Actor, isOfUser } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { LIMITS } from "@/lib/domain/limits.ts";
import type { Services } from "@/lib/domain/services.ts";
import { describeBackups } from "./backups.ts";
import { checkServices } from "./service_states.ts";

/** A healthy mail server answers sooner. */
const WAIT_MS = 20_000;

/**
 * Returns what is in force: services, settings without their secrets, and rate limits.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`
 */
export async function viewSettings(services: Services, actor: Actor): Promise<SettingsView> {
  authorise(actor, "see_settings");
  const described = describeBackups(services);
  const [states, backups] = await Promise.all([checkServices(services, described), described]);
  return {
    services: states,
    backups,
    settings: services.settings.origins.map(({ text, ...setting }) => ({
      ...setting,
      value: text,
    })),
    limits: Object.values(LIMITS).map(({ what, whose, count, windowSeconds }) => ({
      what,
      whose,
      count,
      window_seconds: windowSeconds,
    })),
  };
}

/**
 * Sends the admin an e-mail at once, past the queue, so that the answer says why it failed. Returns
 * whether a mail server has it or a file.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `too_many_requests`, `email_not_taken`
 */
export async function sendTestEmail(services: Services, actor: Actor): Promise<"sent" | "written"> {
  const { db, limits, mail, settings } = services;
  authorise(actor, "send_test_email");
  if (!isOfUser(actor)) throw new DomainError("not_signed_in");
  await limits.testEmails.take(String(actor.userId));
  const admin = await inTransaction(db, async (tx) => {
    await confirmSession(tx, actor, "send_test_email");
    const user = await findUserById(tx, actor.userId);
    if (user === undefined) throw new DomainError("not_signed_in");
    await audit(tx, actor, "send_test_email", user);
    return user;
  });
  try {
    await inTime(
      WAIT_MS,
      mail.send({
        to: admin.email,
        subject: `A test from ${settings.appName}`,
        text: `You asked for this on ${settings.appUrl}/settings: e-mails reach you.\n`,
      }),
    );
  } catch (error) {
    throw new DomainError("email_not_taken", {
      cause: error,
      values: { reason: messageOf(error) },
    });
  }
  return settings.smtp ? "sent" : "written";
}
