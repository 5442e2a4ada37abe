import { openBreachedPasswords } from "@/lib/crypto/breached_passwords.ts";
import { openSecretBox } from "@/lib/crypto/open_secret_box.ts";
import { createPasswordHasher } from "@/lib/crypto/password_hasher.ts";
import { createPasswordJudge } from "@/lib/crypto/password_judge.ts";
import type { OpenDatabase } from "@/lib/db/database.ts";
import type { Logger } from "@/lib/log.ts";
import { createMailer } from "@/lib/mail/mailer.ts";
import { BUILT_IN_HOOKS, type Hook } from "@/lib/repo/hooks.ts";
import { createJobRunner } from "@/lib/repo/job_runner.ts";
import type { Settings } from "@/lib/settings.ts";
import { openImages } from "@/lib/storage/images.ts";
import { APPLICATION_HOOKS } from "./application_hooks.ts";
import { FirstAdmin } from "@/lib/domain/accounts/first_admin.ts";
import { jobKinds } from "./jobs.ts";
import { openLimits } from "./limits.ts";
import { RefusalCount } from "./refusals.ts";
import type { Services } from "./services.ts";
import { createSlowReader } from "./slow_reads.ts";
import { KeptTotals } from "./users/kept_totals.ts";

/** Options for the services of one process. */
export interface OpenServicesOptions {
  /** Hooks of the application. They run after the built-in ones. */
  readonly hooks?: readonly Hook[];
  /** Aborted when the process is told to end. Never if absent. */
  readonly ending?: AbortSignal;
  /** Hash of the token that creates the first admin in the browser. Without it nobody can. */
  readonly setupHash?: string | undefined;
  /** Folder of e-mails where there is no mail server. */
  readonly outbox?: string;
}

/** Opens the services for the use cases. */
export async function openServices(
  settings: Settings,
  { db, spareDb, kind }: Pick<OpenDatabase, "db" | "spareDb" | "kind">,
  log: Logger,
  { hooks = APPLICATION_HOOKS, ending = new AbortController().signal, setupHash, outbox }:
    OpenServicesOptions = {},
): Promise<Services> {
  const images = await openImages(db, settings, log);
  const allHooks = [...BUILT_IN_HOOKS, ...hooks];
  const { breachedPasswordsFile: list } = settings;
  const mail = createMailer(settings, log, outbox);
  const limits = openLimits(db);
  const services: Services = {
    settings,
    db,
    spareDb,
    log,
    ending,
    firstAdmin: new FirstAdmin(db, setupHash),
    passwords: createPasswordHasher(),
    strength: createPasswordJudge(log),
    breached: list === undefined ? undefined : openBreachedPasswords(list, log),
    secrets: openSecretBox(settings),
    mail,
    images,
    jobs: createJobRunner(
      db,
      log,
      jobKinds({ db, images, mail, settings, hooks: allHooks, services: () => services }),
    ),
    readSlowly: createSlowReader({ db, kind }),
    userTotals: new KeptTotals(),
    limits,
    refusals: new RefusalCount(db, limits.refusals),
  };
  return services;
}

/** Closes what {@linkcode openServices} has opened, except the database. */
export async function closeServices({ images, jobs, strength }: Services): Promise<void> {
  strength.close();
  await jobs.close();
  await images.close();
}
