import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  type ImportPlan,
  planImport,
  type PlannedUser,
  reportLine,
  wishedNames,
} from "@/lib/import/plan.ts";
import type { ReportLine } from "@/lib/import/report.ts";
import { compareIds, type Source } from "@/lib/import/source.ts";
import { hasOwnHooks } from "@/lib/repo/hooks.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { refreshUserStatistics } from "@/lib/repo/server.ts";
import { insertUserProfiles } from "@/lib/repo/user_profiles.ts";
import { findTakenKeys, insertFormerUsernames, insertUsers } from "@/lib/repo/users.ts";
import type { Picture } from "@/lib/storage/picture.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { auditAll } from "@/lib/domain/audit.ts";
import { DomainError, type DomainErrorCode } from "@/lib/domain/errors.ts";
import { announceImage, readImage, saveImage } from "@/lib/domain/images/images.ts";
import { takenField } from "@/lib/domain/users/new_user.ts";
import type { Services } from "@/lib/domain/services.ts";

/** How users are imported. */
export interface ImportOptions {
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
  /** Called after each picture that was looked at, and for the users once they are stored. */
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

/** Somebody may register under a wished name while pictures are read; the second plan knows it. */
const MAX_ATTEMPTS = 3;

/**
 * Imports the users of an old installation with their profiles, all in one transaction: those that
 * can be taken, or, when anything goes wrong, none. What is here already stays untouched, so a
 * second run imports nobody twice. If the application has hooks of its own for new users, the server
 * runs them from the next minute on.
 *
 * @throws the database's error, after which nothing has changed.
 */
export async function importUsers(
  services: Services,
  actor: TaskActor,
  source: Source,
  { dryRun = false, onProgress = () => {} }: ImportOptions = {},
): Promise<ImportReport> {
  for (let attempt = 1;; attempt++) {
    const plan = await makePlan(services, source);
    const users = await readPictures(services, plan.users, onProgress);
    try {
      if (!dryRun) await storeUsers(services, actor, users);
      onProgress(users.length);
      return { lines: reportOf(plan, users) };
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || takenField(error) === undefined) throw error;
    }
  }
}

async function makePlan({ db }: Services, source: Source): Promise<ImportPlan> {
  const { usernames, emails } = wishedNames(source);
  const taken = await findTakenKeys(db, usernames, emails);
  const isFree = async (username: string) => {
    const found = await findTakenKeys(db, [username], []);
    return found.usernames.size === 0 && found.looks.size === 0;
  };
  return await planImport(source, taken, isFree, new Date());
}

/** Before the transaction, which must not wait for a decoder; a bad picture is lost alone. */
async function readPictures(
  services: Services,
  users: readonly PlannedUser[],
  onProgress: (count: number) => void,
): Promise<ReadyUser[]> {
  const ready: ReadyUser[] = [];
  for (const user of users) {
    ready.push(await readPicture(services, user));
    onProgress(1);
  }
  return ready;
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
  picture_too_large: "it is larger than 5 MiB",
  picture_wrong_type: "it is neither JPEG, PNG nor WebP",
  picture_too_many_pixels: "it has more than 40 megapixels",
  picture_unreadable: "it is damaged",
  pictures_unavailable: "this machine cannot process pictures, because sharp does not load",
};

async function storeUsers(
  services: Services,
  actor: TaskActor,
  users: readonly ReadyUser[],
): Promise<void> {
  const { db } = services;
  await inTransaction(db, (tx) => insertAll(tx, services, actor, users));
  await refreshUserStatistics(db);
  for (const { picture } of users) if (picture) announceImage(services, picture);
}

async function insertAll(
  tx: Tx,
  { images, hooks }: Services,
  actor: TaskActor,
  users: readonly ReadyUser[],
): Promise<void> {
  const ids = await insertUsers(
    tx,
    users.map(({ username, account }) => ({ username, ...account })),
  );
  const profiles = [];
  for (const [index, { profile, picture }] of users.entries()) {
    profiles.push({
      ...profile,
      user_id: ids[index]!,
      image: picture ? await saveImage(tx, images, picture, null) : null,
    });
  }
  await insertUserProfiles(tx, profiles);
  await insertFormerUsernames(
    tx,
    users.flatMap(({ formerName: name }, index) =>
      name === undefined ? [] : [{ name, userId: ids[index]! }]
    ),
  );
  // The profiles are there: of the built-in hooks none has anything left to do.
  if (hasOwnHooks(hooks, "created")) {
    await insertJobs(tx, ids.map((user_id) => ({ kind: "user_created", user_id })));
  }
  const targets = users.map(({ username }, index) => ({ id: ids[index]!, username }));
  await auditAll(tx, actor, "import_users", targets);
}

function reportOf(plan: ImportPlan, users: readonly ReadyUser[]): ReportLine[] {
  const imported = users.map(({ from, remarks }) =>
    reportLine(from, remarks.length === 0 ? "imported" : "changed", remarks)
  );
  return [...imported, ...plan.skipped].sort(byTableAndId);
}

const TABLES: readonly ReportLine["table"][] = ["users", "user_profiles"];

function byTableAndId(a: ReportLine, b: ReportLine): number {
  return TABLES.indexOf(a.table) - TABLES.indexOf(b.table) ||
    compareIds(a.id, b.id);
}
