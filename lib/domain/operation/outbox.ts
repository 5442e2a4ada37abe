import type { WrittenMail } from "@/lib/mail/mail.ts";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import type { Services } from "@/lib/domain/services.ts";

/** E-mails of the page. */
const SHOWN = 20;

/** Loopback addresses: the outbox is for the developer at this machine. */
const THIS_MACHINE: ReadonlySet<string> = new Set(["127.0.0.1", "::1"]);

/**
 * Whether pages lead to the e-mails that a developer has written to files instead of sending them.
 * Anybody can read them there, so this is only the case in development.
 */
export function showsOutbox({ settings }: Pick<Services, "settings">): boolean {
  return settings.appEnv === "development" && settings.smtp === undefined;
}

/** Reads the newest e-mails of the outbox. `undefined` if there is nothing to show to the actor. */
export async function readOutbox(
  services: Services,
  { source }: AnonymousActor | UserActor,
): Promise<WrittenMail[] | undefined> {
  if (!showsOutbox(services) || !THIS_MACHINE.has(source.ip)) return undefined;
  return await services.mail.written?.(SHOWN);
}
