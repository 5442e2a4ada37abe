import { writeBackupFile } from "@/lib/cli/backup_file.ts";
import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { withServices } from "@/lib/cli/with_services.ts";
import { Backup } from "@/lib/domain/operation/backup.ts";
import { loadSettings } from "@/lib/settings.ts";
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
    const [path = nameOfToday(), ...more] = positionals;
    if (more.length > 0) throw new UsageError("A backup is one file");
    return await withServices(loadSettings(), async (services) => {
      const made = new Backup(services);
      try {
        await writeBackupFile(path, made.lines());
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        throw new TaskError(`${error.message}: start the FTP server first`, { cause: error });
      }
      console.log(
        `${path} holds ${made.users} users, in ${made.rows} rows. Keep it secret: it contains ` +
          "addresses and password hashes. SECRET_KEY and the other settings are not in it.",
      );
      for (const name of made.missing) {
        console.error(`${name} is missing: deno task sync-images says whose picture it is`);
      }
      return made.missing.length > 0 ? 1 : 0;
    });
  },
};

function nameOfToday(): string {
  return `roster-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.jsonl.gz`;
}

if (import.meta.main) Deno.exit(await runTask(backup, Deno.args));
