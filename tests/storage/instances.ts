import type { Db } from "@/lib/db/database.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { createMailer } from "@/lib/mail/mailer.ts";
import { jobKinds } from "@/lib/domain/jobs.ts";
import type { Services } from "@/lib/domain/services.ts";
import { BUILT_IN_HOOKS } from "@/lib/repo/hooks.ts";
import { createJobRunner } from "@/lib/repo/job_runner.ts";
import { readSettings, type Settings } from "@/lib/settings.ts";
import { openImages } from "@/lib/storage/images.ts";
import type { FtpServer } from "@/tests/kit/ftp_server.ts";
import { makePicture } from "./avatars.ts";
import { ftpSettings } from "./ftp_servers.ts";

/** One process of the application, as far as images go. */
export interface Instance extends Pick<Services, "db" | "images" | "jobs">, AsyncDisposable {}

/** Opens an instance that keeps images on a server. */
export function openInstance(db: Db, server: FtpServer): Promise<Instance> {
  return open(db, ftpSettings(server));
}

/** Opens an instance that keeps images in the database. */
export function openInDatabase(db: Db): Promise<Instance> {
  return open(db, undefined);
}

async function open(db: Db, ftp: Settings["ftp"]): Promise<Instance> {
  const log = createSilentLogger();
  const images = await openImages(db, { ftp, imagePublicUrl: undefined }, log);
  const settings = readSettings({});
  const mail = createMailer(settings, log);
  const jobs = createJobRunner(
    db,
    log,
    jobKinds({ db, images, mail, settings, hooks: BUILT_IN_HOOKS }),
  );
  return {
    db,
    images,
    jobs,
    async [Symbol.asyncDispose]() {
      await jobs.close();
      await images.close();
    },
  };
}

/** Whether nothing waits for the FTP server. */
export async function isEmpty(db: Db): Promise<boolean> {
  return await db.selectFrom("jobs").select("id").where("kind", "=", "image").executeTakeFirst() ===
    undefined;
}

/** Where the server has the avatars that {@linkcode makePicture} makes of these seeds. */
export function pathsOf(seeds: readonly string[]): string[] {
  return seeds.flatMap((seed) => makePicture(seed).files)
    .map(({ name }) => `avatars/${name.slice(0, 2)}/${name}`).sort();
}
