import { confirmStep } from "@/lib/cli/confirm.ts";
import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import { startProgress } from "@/lib/cli/progress.ts";
import { type ExitCode, runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { withServices } from "@/lib/cli/with_services.ts";
import {
  type FaultyImage,
  SYNC_STEPS,
  syncImages,
  type SyncOptions,
  type SyncReport,
} from "@/lib/domain/images/sync_images.ts";
import type { Services } from "@/lib/domain/services.ts";
import { loadSettings } from "@/lib/settings.ts";
import { StoreUnavailableError } from "@/lib/storage/image_store.ts";

const OPTIONS = {
  yes: { type: "boolean", short: "y", help: "remove files without asking" },
  "dry-run": { type: "boolean", help: "say what would be done, but do nothing" },
  verify: { type: "boolean", help: "read every file back and compare it with its name" },
  to: {
    type: "string",
    placeholder: "ftp|database",
    help: "move all images there; both need FTP_URL",
  },
} satisfies TaskOptions;

/** `deno task sync-images` */
export const syncImagesTask: Task<typeof OPTIONS> = {
  name: "sync-images",
  summary:
    "Sends waiting avatars to the FTP server, removes unused files that are older than an hour,\n" +
    "and sends missing files again or reports them.",
  usage: "[--yes | --dry-run] [--verify] [--to ftp|database]",
  examples: ["sync-images", "sync-images --yes --verify", "sync-images --to database"],
  options: OPTIONS,
  async run({ values }) {
    const { "dry-run": dryRun = false, yes = false, verify = false } = values;
    const to = readStore(values.to);
    const settings = loadSettings();
    if (to !== undefined && settings.ftp === undefined) {
      throw new TaskError("Moving images needs the FTP server: set FTP_URL");
    }
    const report = await withServices(settings, async (services) => {
      if (!dryRun && !yes) await askToRemove(services);
      return await sync(services, { dryRun, verify, ...(to && { to }) });
    });
    console.log(`${dryRun ? "Would be" : "Files"}: ${countsOf(report)}`);
    return sayWhatIsWrong(report, dryRun);
  },
};

function readStore(text: string | undefined): "ftp" | "database" | undefined {
  if (text === undefined || text === "ftp" || text === "database") return text;
  throw new UsageError(`Images cannot be moved to "${text}"`);
}

/** Counts the files that would be removed, and asks if there are any. */
async function askToRemove(services: Services): Promise<void> {
  const { removed } = await sync(services, { dryRun: true });
  if (removed === 0) return;
  await confirmStep(`Do you want to remove ${removed} files that no user has, for good?`);
}

async function sync(services: Services, options: SyncOptions): Promise<SyncReport> {
  const progress = startProgress("parts", SYNC_STEPS);
  try {
    return await syncImages(services, { ...options, onProgress: () => progress.add(1) });
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    throw new TaskError(`${error.message}: start the server, or correct FTP_URL`, { cause: error });
  } finally {
    progress.stop();
  }
}

function countsOf(report: SyncReport): string {
  const { sent, removed, moved, verified, repaired, waiting } = report;
  const counts = { sent, removed, moved, verified, repaired, waiting };
  return Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(", ");
}

/** Reports faults and makes the task fail, so that a timer's mail mentions them. */
function sayWhatIsWrong({ missing, damaged, waiting }: SyncReport, dryRun: boolean): ExitCode {
  const say = (what: string) => ({ name, userId }: FaultyImage) =>
    console.error(`${name} of user ${userId} is ${what}: have the avatar uploaded again`);
  missing.forEach(say("missing"));
  damaged.forEach(say("damaged"));
  const stuck = !dryRun && waiting > 0;
  if (stuck) console.error(`${waiting} files still wait: run deno task doctor to see why`);
  return missing.length + damaged.length > 0 || stuck ? 1 : 0;
}

if (import.meta.main) Deno.exit(await runTask(syncImagesTask, Deno.args));
