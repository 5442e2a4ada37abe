import type { BreachedPasswords } from "@/lib/crypto/breached_passwords.ts";
import type { PasswordHasher } from "@/lib/crypto/password_hasher.ts";
import type { PasswordJudge } from "@/lib/crypto/password_judge.ts";
import type { SecretBox } from "@/lib/crypto/secret_box.ts";
import type { Db } from "@/lib/db/database.ts";
import type { Logger } from "@/lib/log.ts";
import type { Mailer } from "@/lib/mail/mail.ts";
import type { JobRunner } from "@/lib/repo/job_runner.ts";
import type { Settings } from "@/lib/settings.ts";
import type { Images } from "@/lib/storage/images.ts";
import type { FirstAdmin } from "@/lib/domain/accounts/first_admin.ts";
import type { KeptTotals } from "@/lib/domain/users/kept_totals.ts";
import type { Limits } from "./limits.ts";
import type { RefusalCount } from "./refusals.ts";
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
  /** Absent if the settings name no list. */
  readonly breached: BreachedPasswords | undefined;
  /** Encrypts second factors. Absent without a key, so that none is offered. */
  readonly secrets: SecretBox | undefined;
  readonly mail: Mailer;
  readonly jobs: JobRunner;
  readonly images: Images;
  readonly limits: Limits;
  readonly refusals: RefusalCount;
  readonly firstAdmin: FirstAdmin;
  readonly readSlowly: ReadSlowly;
  readonly userTotals: KeptTotals;
  /** Aborted when this process is told to end. */
  readonly ending: AbortSignal;
}
