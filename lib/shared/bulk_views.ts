/** The views of bulk jobs, as in `views.ts`. */
import type { BulkAction } from "./actions.ts";
import type { Timestamp } from "./views.ts";

/** A bulk job in the list of them. */
export interface BulkJobLine {
  readonly job_id: number;
  /** `undo` takes another job back. */
  readonly action: BulkAction | "undo";
  /** `stopped`: its admin may no longer do it. */
  readonly state: "preview" | "running" | "cancelled" | "stopped" | "done";
  /** The job that it takes back. */
  readonly undoes: number | null;
  readonly created_at: Timestamp;
  readonly started_at: Timestamp | null;
  readonly ended_at: Timestamp | null;
}

/** What became of a user of a bulk job. */
export interface BulkItemView {
  readonly user_id: number;
  /** `null` if the user is gone. */
  readonly username: string | null;
  readonly email: string | null;
  readonly state: "waiting" | "done" | "left_out" | "failed";
  /** Why the user was left out, in words. Else empty. */
  readonly reason: string;
}

/** `GET /bulk_job` as JSON. */
export interface BulkJobView extends BulkJobLine {
  /** The fields of the action. */
  readonly input: Readonly<Record<string, string>>;
  /** The admin who chose the users. */
  readonly by: string;
  /** Whether that is the viewer. */
  readonly is_own: boolean;
  readonly total: number;
  readonly waiting: number;
  readonly done: number;
  readonly failed: number;
  readonly left_out: readonly {
    readonly reason: string;
    readonly text: string;
    readonly count: number;
  }[];
  /** Some of the users who wait. */
  readonly samples: readonly BulkItemView[];
  /** The job that takes this one back. */
  readonly undone_by: number | null;
  readonly can_undo: boolean;
}
