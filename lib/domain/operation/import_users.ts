import { setTimeout as pause } from "node:timers/promises";
import { IMAGE_MAX_BYTES, IMAGE_MAX_PIXELS } from "@/lib/shared/limits.ts";
import {
  type ImportPlan,
  planImport,
  type PlannedUser,
  reportLine,
  takenReason,
  wishedNames,
} from "@/lib/import/plan.ts";
import type { ReportLine } from "@/lib/import/report.ts";
import { compareIds, type Source } from "@/lib/import/source.ts";
import { randomToken } from "@/lib/crypto/token.ts";
import { describeJobs, discardJobs, releaseJobs, stageJob } from "@/lib/repo/jobs.ts";
import { refreshUserStatistics } from "@/lib/repo/server.ts";
import { findTakenKeys } from "@/lib/repo/taken_keys.ts";
import { emailKey, foldKey } from "@/lib/shared/fold.ts";
import type { Picture } from "@/lib/storage/picture.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { DomainError, type DomainErrorCode } from "@/lib/domain/errors.ts";
import { announceImage, readImage } from "@/lib/domain/images/images.ts";
import type { Services } from "@/lib/domain/services.ts";
import { writePortion } from "./import_portion.ts";

/** How users are imported. */
export interface ImportOptions {
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
  /** Called with the number of users that were staged, and again when they are added. */
  readonly onProgress?: (count: number) => void;
}

/** What became of every row. */
export interface ImportReport {
  readonly lines: readonly ReportLine[];
}

/** A planned user whose picture has been looked at. */
interface ReadyUser extends PlannedUser {
  readonly picture: Picture | undefined;
}

/** The database takes an import no further; its message says what is here and what follows. */
export class ImportError extends Error {
  override readonly name = "ImportError";
}

/**
 * Imports the users of an old installation with their profiles. What is here already stays
 * untouched, so a second run imports nobody twice.
 *
 * First all users are staged in the database, where nobody sees them. If anything fails here, or the
 * process dies, nobody is imported. Then the users are added, a portion at a time, each user whole.
 * If the process dies, any server continues. Others wait for the database for one portion at most.
 *
 * @throws {ImportError} if the database refuses a portion; the database's error before that.
 */
export async function importUsers(
  services: Services,
  actor: TaskActor,
  source: Source,
  { dryRun = false, onProgress = () => {} }: ImportOptions = {},
): Promise<ImportReport> {
  const plan = await makePlan(services, source);
  const start = randomToken();
  let count = 0;
  const users: ReadyUser[] = [];
  try {
    for await (const portion of inPortions(services, plan.users)) {
      if (!dryRun) {
        const payload = writePortion(actor, portion);
        await stageJob(services.db, { kind: KIND, subject: `${start}/${count}`, payload });
      }
      count++;
      // The pictures lie in the database from now on.
      users.push(...portion.map((user) => ({ ...user, picture: undefined })));
      onProgress(portion.length);
    }
  } catch (error) {
    // Where even this fails, they are forgotten after a day.
    await discardJobs(services.db, KIND, { start, count }).catch(() => false);
    throw error;
  }
  if (dryRun) return { lines: reportOf(plan, users) };
  await addUsers(services, { start, count }, users, onProgress);
  return { lines: reportOf(plan, users, await findLate(services, users)) };
}

/** The jobs of one import: how their subjects begin, and how many there are. */
interface Portions {
  readonly start: string;
  readonly count: number;
}

const KIND = "import_users";

async function makePlan({ db }: Services, source: Source): Promise<ImportPlan> {
  const { usernames, emails } = wishedNames(source);
  const taken = await findTakenKeys(db, usernames, emails);
  const isFree = async (username: string) => {
    const found = await findTakenKeys(db, [username], []);
    return found.usernames.size === 0 && found.looks.size === 0;
  };
  return await planImport(source, taken, isFree, new Date());
}

/** Users of one job, which is a transaction: others wait for it on the embedded database. */
const PORTION_USERS = 100;
/** What the pictures of one job may have, in bytes. */
const PORTION_BYTES = 1024 * 1024;

/** Reads the pictures. A bad one affects no other. */
async function* inPortions(
  services: Services,
  users: readonly PlannedUser[],
): AsyncGenerator<ReadyUser[]> {
  let portion: ReadyUser[] = [];
  let bytes = 0;
  for (const planned of users) {
    const user = await readPicture(services, planned);
    portion.push(user);
    for (const file of user.picture?.files ?? []) bytes += file.bytes.byteLength;
    if (portion.length < PORTION_USERS && bytes < PORTION_BYTES) continue;
    yield portion;
    portion = [];
    bytes = 0;
  }
  if (portion.length > 0) yield portion;
}

async function readPicture({ images }: Services, user: PlannedUser): Promise<ReadyUser> {
  if (user.photo.kind !== "bytes") return { ...user, picture: undefined };
  try {
    return { ...user, picture: await readImage(images, user.photo.bytes) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const remark = `image: left out, ${PICTURE_FAULTS[error.code] ?? "it cannot be read"}`;
    return { ...user, picture: undefined, remarks: [...user.remarks, remark] };
  }
}

const PICTURE_FAULTS: Partial<Record<DomainErrorCode, string>> = {
  picture_too_large: `it is larger than ${IMAGE_MAX_BYTES / 1024 ** 2} MiB`,
  picture_wrong_type: "it is neither JPEG, PNG nor WebP",
  picture_too_many_pixels: `it has more than ${IMAGE_MAX_PIXELS / 1e6} megapixels`,
  picture_unreadable: "it is damaged",
  pictures_unavailable: "this machine cannot process pictures, because sharp does not load",
};

/** After so many failures in a row an import gives up. */
const MAX_FAILURES = 3;
/** Another process may have the last portion. */
const PAUSE_MS = 100;

/** Adds the users of all portions. From here on servers continue if this process dies. */
async function addUsers(
  services: Services,
  { start, count }: Portions,
  users: readonly ReadyUser[],
  onProgress: (count: number) => void,
): Promise<void> {
  const { db, jobs } = services;
  await releaseJobs(db, KIND, start);
  let failures = 0;
  for (let left = count; left > 0;) {
    const { done, failed } = await jobs.round(KIND);
    const { waiting, lastError } = await describeJobs(db, KIND, start);
    onProgress((left - waiting) * users.length / count);
    failures = done > 0 ? 0 : failures + failed;
    if (failures >= MAX_FAILURES) await giveUp(services, { start, count }, users, lastError);
    if (waiting === left) await pause(PAUSE_MS);
    left = waiting;
  }
  await refreshUserStatistics(db);
  announceImage(services);
}

async function giveUp(
  services: Services,
  portions: Portions,
  users: readonly ReadyUser[],
  reason = "",
): Promise<never> {
  if (await discardJobs(services.db, KIND, portions)) {
    throw new ImportError(`Nobody was imported: ${reason}`);
  }
  const here = users.length - (await findLate(services, users)).size;
  throw new ImportError(
    `${here} of ${users.length} users are here, and the others follow while a server runs. The ` +
      `database has refused some for now: ${reason}`,
  );
}

/** Users whose name or address somebody has taken since the import was planned, and why. */
async function findLate(
  { db }: Services,
  users: readonly ReadyUser[],
): Promise<Map<ReadyUser, string>> {
  const taken = await findTakenKeys(
    db,
    users.map(({ username }) => username),
    users.map(({ account }) => account.email),
  );
  const { usernames, emails } = taken;
  const late = users.filter(({ username, account }) =>
    !usernames.has(foldKey(username)) || !emails.has(emailKey(account.email))
  );
  return new Map(
    late.map((
      user,
    ) => [
      user,
      takenReason(user.account, user.username, taken) ??
        "The account was deleted while the import ran",
    ]),
  );
}

function reportOf(
  plan: ImportPlan,
  users: readonly ReadyUser[],
  late: ReadonlyMap<ReadyUser, string> = new Map(),
): ReportLine[] {
  const lines = users.map((user) => {
    const reason = late.get(user);
    if (reason !== undefined) return reportLine(user.from, "skipped", [reason]);
    return reportLine(user.from, user.remarks.length === 0 ? "imported" : "changed", user.remarks);
  });
  return [...lines, ...plan.skipped].sort(byTableAndId);
}

const TABLES: readonly ReportLine["table"][] = ["users", "user_profiles"];

function byTableAndId(a: ReportLine, b: ReportLine): number {
  return TABLES.indexOf(a.table) - TABLES.indexOf(b.table) ||
    compareIds(a.id, b.id);
}
