import type { PasswordHasher } from "@/lib/crypto/password_hasher.ts";
import type { PasswordJudge } from "@/lib/crypto/password_judge.ts";
import type { Db } from "@/lib/db/database.ts";
import type { Logger } from "@/lib/log.ts";
import type { Mailer } from "@/lib/mail/mailer.ts";
import type { HookRunner } from "@/lib/repo/hooks.ts";
import type { Settings } from "@/lib/settings.ts";
import type { Images } from "@/lib/storage/images.ts";
import type { FirstAdmin } from "@/lib/domain/accounts/first_admin.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { ReadSlowly } from "./slow_reads.ts";

/** What the use cases work with; opened once at the start of a process. */
export interface Services {
  readonly settings: Settings;
  readonly db: Db;
  /** For questions about the database itself, which must not wait for a connection of `db`. */
  readonly spareDb: Db;
  readonly log: Logger;
  readonly passwords: PasswordHasher;
  readonly strength: PasswordJudge;
  readonly mail: Mailer;
  readonly hooks: HookRunner;
  readonly images: Images;
  readonly limits: Limits;
  readonly firstAdmin: FirstAdmin;
  readonly readSlowly: ReadSlowly;
  /** Aborted once this process is told to end. */
  readonly ending: AbortSignal;
}

/** How often one client may do what costs much or tells something. */
export interface Limits {
  /** Failed sign-ins; successful ones do not count. */
  readonly failedSignIns: RateLimit;
  /** Attempts to register, successful or not: judging the password costs much. */
  readonly registrations: RateLimit;
  readonly emailChecks: RateLimit;
  /** Wrong tokens of the link to the first admin. */
  readonly setupTokens: RateLimit;
  /** Wrong current passwords, by user. */
  readonly passwordProofs: RateLimit;
  /** New passwords that are judged for a user. */
  readonly newPasswords: RateLimit;
  /** Letters, by the address that they go to, which need not be the sender's own. */
  readonly letters: RateLimit;
  /** Pictures that are uploaded for a user, taken or not: each costs a decoder's time. */
  readonly pictures: RateLimit;
}
