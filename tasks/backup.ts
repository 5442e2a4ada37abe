import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { withServices } from "@/lib/cli/with_services.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { makeBackup } from "@/lib/domain/operation/backups.ts";
import { loadSettings } from "@/lib/settings.ts";
import { BackupFileError, backupName } from "@/lib/storage/backup_folder.ts";
import { StoreUnavailableError } from "@/lib/storage/image_store.ts";

/** `deno task backup` */
export const backup: Task<TaskOptions> = {
  name: "backup",
  summary:
    "Writes all accounts, pictures and the audit trail into one new file, for deno task restore.",
  usage: "[FILE]",
  examples: ["backup", "backup /var/backups/roster.jsonl.gz"],
  options: {},
  takesWords: true,
  async run({ positionals }) {
    const [path = backupName(new Date()), ...more] = positionals;
    if (more.length > 0) throw new UsageError("A backup is one file");
    return await withServices(loadSettings(), async (services) => {
      const { users, rows, missing } = await makeBackup(services, ACTOR, path).catch(explain);
      console.log(
        `${path} holds ${users} users, in ${rows} rows. Keep it secret: it contains ` +
          "addresses and password hashes. SECRET_KEY and the other settings are not in it.",
      );
      for (const name of missing) {
        console.error(`${name} is missing: deno task sync-images says whose picture it is`);
      }
      return missing.length > 0 ? 1 : 0;
    });
  },
};

const ACTOR: TaskActor = { kind: "task", name: "backup" };

function explain(error: unknown): never {
  if (error instanceof StoreUnavailableError) {
    throw new TaskError(`${error.message}: start the FTP server first`, { cause: error });
  }
  if (error instanceof BackupFileError) throw new TaskError(error.message, { cause: error });
  throw error;
}

if (import.meta.main) Deno.exit(await runTask(backup, Deno.args));
