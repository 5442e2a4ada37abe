import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import { wrongArguments } from "@/lib/cli/refusal.ts";
import { cancelBulk, getBulk, prepareBulk, startBulk } from "@/lib/domain/users/bulk_jobs.ts";
import { actionOf } from "@/lib/shared/actions.ts";
import { BULK_ACTIONS, BULK_LABELS, readBulkRequest, userCount } from "@/lib/shared/bulk.ts";
import type { BulkJobView } from "@/lib/shared/bulk_views.ts";
import { type ActionInput, ACTOR } from "./action.ts";
import { follow } from "./follow.ts";
import { number } from "./text.ts";

/**
 * Does an action to all users of `--filter`, as the page does. This process works on it, and so does a
 * server that runs; if this process ends early, a server goes on with it.
 */
export async function bulk({ services, words: [name = ""], texts, dryRun, confirm }: ActionInput) {
  const action = BULK_ACTIONS.find((action) => actionOf(action).task?.name === name);
  if (!action) {
    const names = BULK_ACTIONS.map((action) => actionOf(action).task!.name).join(", ");
    throw new UsageError(`${name} cannot be done in bulk, only ${names}`);
  }
  if (!texts.has("filter")) {
    throw new UsageError("Say whom with --filter 'role=user&q=ann', or --filter '' for everybody");
  }
  const request = readBulkRequest(new Map([...texts, ["action", action]]));
  if (!request.ok) throw wrongArguments(request.errors);
  const id = await prepareBulk(services, ACTOR, request.value);
  const preview = await getBulk(services, ACTOR, id);
  if (dryRun) return { text: whomText(preview), json: preview };
  try {
    await confirm(`${whomText(preview)}. Do it?`);
  } catch (error) {
    await cancelBulk(services, ACTOR, id);
    throw error;
  }
  await startBulk(services, ACTOR, id);
  const job = await follow(
    () => getBulk(services, ACTOR, id),
    ({ state }) => state === "running",
    ({ done, waiting }) => `${number(done)} done, ${number(waiting)} to do`,
  );
  if (job.state !== "done" || job.failed > 0) throw new TaskError(outcomeText(job));
  return { text: outcomeText(job), json: job };
}

function whomText({ action, waiting, left_out, samples }: BulkJobView): string {
  const names = samples.map(({ username, user_id }) => username ?? `user ${user_id}`).join(", ");
  const among = samples.length < waiting ? ` (${names}, ...)` : names && ` (${names})`;
  return `${BULK_LABELS[action]} ${userCount(waiting)}${among}${leftOutText(left_out)}`;
}

function leftOutText(left_out: BulkJobView["left_out"]): string {
  return left_out.map(({ text, count }) => `. Left out: ${userCount(count)}, ${lower(text)}`).join(
    "",
  );
}

function outcomeText({ job_id, state, done, failed, left_out }: BulkJobView): string {
  const failures = failed === 0 ? "" : `, ${number(failed)} failed`;
  const end = state === "done" ? "" : " before it was stopped";
  return `Bulk action ${job_id}: ${number(done)} done${failures}${end}${leftOutText(left_out)}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
