import type { PasswordHasher } from "@/lib/crypto/password_hasher.ts";
import type { PasswordJudge } from "@/lib/crypto/password_judge.ts";
import type { Db } from "@/lib/db/database.ts";
import type { Logger } from "@/lib/log.ts";
import type { Mailer } from "@/lib/mail/mailer.ts";
import type { JobRunner } from "@/lib/repo/job_runner.ts";
import type { Settings } from "@/lib/settings.ts";
import type { Images } from "@/lib/storage/images.ts";
import type { FirstAdmin } from "@/lib/domain/accounts/first_admin.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { ReadSlowly } from "./slow_reads.ts";

/** Services that the use cases work with, opened once per process. */
export interface Services {
  readonly settings: Settings;
  readonly db: Db;
  /** For checks of the database itself, which must not wait for a connection of `db`. */
  readonly spareDb: Db;
  readonly log: Logger;
  readonly passwords: PasswordHasher;
  readonly strength: PasswordJudge;
  readonly mail: Mailer;
  readonly jobs: JobRunner;
  readonly images: Images;
  readonly limits: Limits;
  readonly firstAdmin: FirstAdmin;
  readonly readSlowly: ReadSlowly;
  /** Aborted when this process is told to end. */
  readonly ending: AbortSignal;
}

/** Rate limits for actions that are costly or reveal something. */
export interface Limits {
  /** Failed sign-ins. Successful ones do not count. */
  readonly failedSignIns: RateLimit;
  /** Attempts to register, successful or not: scoring the password is costly. */
  readonly registrations: RateLimit;
  readonly emailChecks: RateLimit;
  /** Wrong tokens of the link for the first admin. */
  readonly setupTokens: RateLimit;
  /** Wrong current passwords, by user. */
  readonly passwordProofs: RateLimit;
  /** New passwords that are scored for a user. */
  readonly newPasswords: RateLimit;
  /** E-mails by recipient, who need not be the sender. */
  readonly letters: RateLimit;
  /** Uploaded pictures per user, accepted or not: each takes time to decode. */
  readonly pictures: RateLimit;
}
