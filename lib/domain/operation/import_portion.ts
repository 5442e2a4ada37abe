import { Buffer } from "node:buffer";
import type { Tx } from "@/lib/db/database.ts";
import { takenReason } from "@/lib/import/plan.ts";
import type { ProfileTexts } from "@/lib/import/profile.ts";
import { hasOwnHooks, type Hook } from "@/lib/repo/hooks.ts";
import type { JobStep } from "@/lib/repo/job_steps.ts";
import { insertJobs, type Job } from "@/lib/repo/jobs.ts";
import { prepareForManyUsers } from "@/lib/repo/server.ts";
import { findTakenKeys } from "@/lib/repo/taken_keys.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import { insertFormerUsernames } from "@/lib/repo/former_usernames.ts";
import type { Images } from "@/lib/storage/images.ts";
import type { Picture } from "@/lib/storage/picture.ts";
import type { TakenAccount } from "@/lib/import/account.ts";
import type { Actor, TaskActor } from "@/lib/domain/actor.ts";
import { auditAll } from "@/lib/domain/audit.ts";
import { saveImage } from "@/lib/domain/images/images.ts";

/** A user as an import adds them. */
export interface ImportedUser {
  readonly username: string;
  /** The old name, where it had to change and may still be signed in with. */
  readonly formerName: string | undefined;
  readonly account: TakenAccount;
  readonly profile: ProfileTexts;
  readonly picture: Picture | undefined;
}

/** A portion of an import as its job carries it, in JSON. */
interface Portion {
  readonly actor: TaskActor;
  readonly users: readonly ImportedUser[];
}

/** Writes users down for {@linkcode importStep}, pictures in base64. */
export function writePortion(actor: TaskActor, users: readonly ImportedUser[]): string {
  const kept = users.map(({ username, formerName, account, profile, picture }) => {
    const files = picture?.files.map(({ name, bytes }) => ({
      name,
      bytes: Buffer.from(bytes).toString("base64"),
    }));
    return { username, formerName, account, profile, picture: picture && { ...picture, files } };
  });
  return JSON.stringify({ actor, users: kept });
}

function readPortion(payload: Job["payload"]): Portion {
  return JSON.parse(JSON.stringify(payload), (key, value) => {
    if (key === "bytes") return new Uint8Array(Buffer.from(value, "base64"));
    return key.endsWith("_at") && value !== null ? new Date(value) : value;
  });
}

/**
 * Adds the users of a portion, with profile, picture and entry in the audit trail.
 * A user is left out whose name or address somebody has taken since the import was planned.
 */
export function importStep(images: Pick<Images, "keptIn">, hooks: readonly Hook[]): JobStep {
  return {
    name: "import_users",
    async run(tx, { payload }) {
      const { actor, users } = readPortion(payload);
      await prepareForManyUsers(tx);
      await insertPortion(tx, images, hooks, actor, await withoutTaken(tx, users));
    },
  };
}

async function withoutTaken(tx: Tx, users: readonly ImportedUser[]): Promise<ImportedUser[]> {
  const taken = await findTakenKeys(
    tx,
    users.map(({ username }) => username),
    users.map(({ account }) => account.email),
  );
  return users.filter(({ username, account }) => !takenReason(account, username, taken));
}

/** Adds users with profile, picture and entry in the audit trail. */
export async function insertPortion(
  tx: Tx,
  images: Pick<Images, "keptIn">,
  hooks: readonly Hook[],
  actor: Actor,
  users: readonly ImportedUser[],
): Promise<void> {
  const accounts = users.map(({ username, account }) => ({ username, ...account }));
  const profiles = [];
  for (const { profile, picture } of users) {
    const image = picture ? await saveImage(tx, images, picture, null) : null;
    profiles.push({ ...profile, image });
  }
  const ids = await insertUsers(tx, accounts, profiles);
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
