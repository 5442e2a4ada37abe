import { Icon } from "@/components/Icon.tsx";
import { When } from "@/components/When.tsx";
import { BULK_LABELS } from "@/lib/shared/bulk.ts";
import type { BulkJobLine } from "@/lib/shared/bulk_views.ts";

interface BulkJobListProps {
  readonly jobs: readonly BulkJobLine[];
}

const STATES: Readonly<Record<BulkJobLine["state"], string>> = {
  preview: "Not started",
  running: "Running",
  cancelled: "Stopped",
  stopped: "Stopped, because its admin may no longer do it",
  done: "Done",
};

/** The last bulk actions, newest first. */
export function BulkJobList({ jobs }: BulkJobListProps) {
  if (jobs.length === 0) {
    return (
      <div class="card empty">
        <Icon name="people" />
        <h2>No bulk actions</h2>
        <p class="text-body-secondary">
          Choose users in their list, and an action below it.
        </p>
        <a class="btn btn-quiet" href="/user_list">To the user list</a>
      </div>
    );
  }
  return (
    <ul class="card lines">
      {jobs.map((job) => (
        <li key={job.job_id}>
          <div class="line-text">
            <a class="fw-bold quiet-link" href={`/bulk_job?job_id=${job.job_id}`}>
              {job.job_id}: {BULK_LABELS[job.action]} …
            </a>
            <span class="text-body-secondary">{STATES[job.state]}</span>
          </div>
          <small class="text-body-secondary tabular">
            <When at={job.created_at} precision="minute" />
          </small>
        </li>
      ))}
    </ul>
  );
}
