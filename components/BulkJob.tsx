import { Fragment } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { Name } from "@/components/Name.tsx";
import { When } from "@/components/When.tsx";
import { BULK_LABELS, bulkInputs, userCount } from "@/lib/shared/bulk.ts";
import { UNDO_DAYS } from "@/lib/shared/limits.ts";
import { BULK_OUTCOMES, type BulkOutcome, userListPath } from "@/lib/shared/user_list.ts";
import { userPath } from "@/lib/shared/users.ts";
import type { BulkJobView } from "@/lib/shared/bulk_views.ts";

interface BulkJobProps {
  readonly job: BulkJobView;
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
  readonly problem?: string;
}

/** A bulk action: whom it is about before it starts, how far it is, and what became of it. */
export function BulkJob({ job, viewer_id, problem }: BulkJobProps) {
  return (
    <section class="card card-body form-wide">
      {problem && <Alert kind="error">{problem}</Alert>}
      <p>{STATE_WORDS[job.state](job)}</p>
      {job.started_at !== null && <Progress job={job} />}
      <Facts job={job} />
      {job.state === "preview" && <Samples job={job} />}
      <Buttons job={job} viewer_id={viewer_id} />
      <small class="text-body-secondary mt-3">
        Chosen by <Name text={job.by} />, <When at={job.created_at} precision="minute" />.{" "}
        <a href="/bulk_jobs">All bulk actions</a>
      </small>
    </section>
  );
}

const STATE_WORDS: Readonly<Record<BulkJobView["state"], (job: BulkJobView) => string>> = {
  preview: ({ waiting, is_own }) =>
    is_own
      ? `Nothing has happened yet. You have chosen ${
        userCount(waiting)
      }. Users who match later are not ` +
        "added."
      : "Nothing has happened yet. Only the admin who chose these users can start.",
  running: () => "You can leave this page. It loads itself again every few seconds.",
  cancelled: ({ started_at }) =>
    started_at === null ? "Nothing was done." : "It was stopped. What was done stays done.",
  stopped: ({ by }) =>
    `It was stopped, because ${by} is no active admin any more, or the API key has ended. What was ` +
    "done stays done.",
  done: () => "Everything is done.",
};

function Progress({ job }: Pick<BulkJobProps, "job">) {
  const { waiting, done, failed, total, left_out } = job;
  const left = left_out.reduce((sum, { count }) => sum + count, 0);
  const counts = { done, waiting, left_out: left, failed };
  const shown = (Object.keys(counts) as BulkOutcome[])
    .filter((outcome) => outcome !== "failed" || failed > 0);
  return (
    <>
      <progress
        class="w-100"
        value={total - waiting}
        max={Math.max(1, total)}
        aria-label="Progress"
      />
      <p class="tabular" role="status">
        {shown.map((outcome, index) => (
          <Fragment key={outcome}>
            {index > 0 && ", "}
            <Outcome job_id={job.job_id} outcome={outcome} number={counts[outcome]} />
          </Fragment>
        ))}
      </p>
    </>
  );
}

interface OutcomeProps {
  readonly job_id: number;
  readonly outcome: BulkOutcome;
  readonly number: number;
}

/** The number of users with an outcome, which leads to them in the user list. */
function Outcome({ job_id, outcome, number }: OutcomeProps) {
  const words = `${count(number)} ${BULK_OUTCOMES[outcome]}`;
  if (number === 0) return <>{words}</>;
  return <a href={userListPath({ bulk: `${job_id}-${outcome}` })}>{words}</a>;
}

/** The fields of the action, and who is left out. */
function Facts({ job: { input, left_out } }: Pick<BulkJobProps, "job">) {
  const fields = Object.entries(input).filter(([, value]) => value !== "");
  return (
    <>
      {fields.length > 0 && (
        <dl>
          {fields.map(([name, value]) => (
            <div key={name}>
              <dt>{bulkInputs[name]!.label}</dt>
              <dd dir="auto">
                {name === "until" ? <When at={value} precision="minute" /> : value}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {left_out.length > 0 && (
        <>
          <h2 class="h6">Left out</h2>
          <ul>
            {left_out.map(({ reason, text, count: number }) => (
              <li key={reason}>{userCount(number)}: {text}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Samples({ job: { samples, waiting } }: Pick<BulkJobProps, "job">) {
  if (samples.length === 0) return null;
  return (
    <>
      <h2 class="h6">{waiting > samples.length ? `${samples.length} of them` : "Who they are"}</h2>
      <ul>
        {samples.map(({ user_id, username, email }) => (
          <li key={user_id}>
            <a class="quiet-link" href={userPath(user_id)}>
              <Name class="fw-bold" text={username ?? `user ${user_id}`} />
            </a>{" "}
            <Name class="text-body-secondary" text={email ?? ""} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Buttons({ job, viewer_id }: Pick<BulkJobProps, "job" | "viewer_id">) {
  const { job_id, state, waiting, done } = job;
  const canStart = state === "preview" && job.is_own && waiting > 0;
  const send = (method: "POST" | "PUT" | "DELETE", label: string, look = "btn-quiet") => (
    <form method="post" action="/bulk_job">
      <HiddenFields values={{ viewer_id, job_id, _method: method }} />
      <button type="submit" class={`btn ${look}`}>{label}</button>
    </form>
  );
  return (
    <div class="form-actions">
      {canStart && send("POST", `${BULK_LABELS[job.action]} ${userCount(waiting)}`, "btn-danger")}
      {state === "preview" && send("DELETE", "Do nothing")}
      {state === "running" && send("DELETE", "Stop")}
      {state === "running" && (
        <a class="btn btn-quiet" href={`/bulk_job?job_id=${job_id}`}>Load again</a>
      )}
      {job.can_undo && send("PUT", `Undo for ${userCount(done)}`)}
      {job.started_at !== null && (
        <a class="btn btn-quiet" href={`/bulk_results?job_id=${job_id}`}>Results as CSV</a>
      )}
      {job.undone_by !== null && (
        <a class="btn btn-quiet" href={`/bulk_job?job_id=${job.undone_by}`}>How it was undone</a>
      )}
      {job.undoes !== null && (
        <a class="btn btn-quiet" href={`/bulk_job?job_id=${job.undoes}`}>What was done</a>
      )}
      {job.can_undo && (
        <small class="text-body-secondary">
          You can undo it for {UNDO_DAYS}{" "}
          days. Users who were changed since are left alone, and sessions stay ended.
        </small>
      )}
    </div>
  );
}

function count(number: number): string {
  return number.toLocaleString("en");
}
