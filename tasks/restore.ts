import { readBackupFile } from "@/lib/cli/backup_file.ts";
import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { withDatabase } from "@/lib/cli/with_database.ts";
import { BackupError, restoreBackup } from "@/lib/domain/operation/backup.ts";
import { loadSettings } from "@/lib/settings.ts";

/** `deno task restore` */
export const restore: Task<TaskOptions> = {
  name: "restore",
  summary: "Reads a file of deno task backup into an empty database, all of it or nothing.",
  usage: "FILE",
  examples: ["restore /var/backups/roster.jsonl.gz"],
  options: {},
  takesWords: true,
  async run({ positionals }) {
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError("Name the file of the backup");
    const settings = loadSettings();
    const { users, rows } = await withDatabase(settings, async ({ db }) => {
      try {
        return await restoreBackup(db, readBackupFile(path));
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
        throw new TaskError(`${error.message}. Nothing was changed`, { cause: error });
      }
    });
    console.log(
      `${users} users are restored, in ${rows} rows. Everybody has to sign in again.` +
        (settings.ftp ? " Send the pictures with deno task sync-images --to ftp." : ""),
    );
  },
};

if (import.meta.main) Deno.exit(await runTask(restore, Deno.args));
