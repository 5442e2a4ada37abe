import type { PressedAction } from "./actions.ts";
import type { AuditView, DeletedUserView, NoteView } from "./views.ts";
import type { EmailView } from "./operation_views.ts";
import type { SessionView } from "./account_views.ts";
import type { Timestamp, UndoTarget, UserView } from "./views.ts";

/** Something that keeps a user from signing in, or that they need to know to do so. */
export interface SignInCause {
  /** Its name, such as `locked`. */
  readonly cause: string;
  readonly text: string;
  /** Whether nobody signs in until it is over. */
  readonly prevents: boolean;
  /** What mends it, the likeliest first. */
  readonly mends: readonly PressedAction[];
}

/** What signs a user in. */
export interface MeansView {
  readonly has_password: boolean;
  /** `null` if there is no authenticator. */
  readonly two_factor_since: Timestamp | null;
  /** How many there are. */
  readonly passkeys: number;
  readonly api_keys: number;
}

/** An entry of the audit trail with where it came from. */
export interface HistoryEvent extends AuditView {
  readonly browser: string | null;
  readonly ip: string | null;
  /** The reason that was given, or the tag. */
  readonly remark: string | null;
  /** Set if the reader can take it back. */
  readonly undo?: UndoTarget;
}

/** `GET /user` as JSON. */
export interface PersonView {
  /** Whether addresses are masked, since support reads it. */
  readonly masked: boolean;
  readonly user: UserView;
  readonly can_sign_in: boolean;
  readonly causes: readonly SignInCause[];
  readonly remarks: readonly string[];
  readonly means: MeansView;
  readonly tags: readonly string[];
  readonly notes: readonly NoteView[];
  readonly sessions: readonly SessionView[];
  /** Those that are not sent yet. */
  readonly emails: readonly EmailView[];
  readonly history: {
    readonly events: readonly HistoryEvent[];
    /** For `after=`; `null` on the last page. */
    readonly next: number | null;
    /** For `before=`; `null` on the first page. */
    readonly previous: number | null;
  };
  /** What can be done to the user now. */
  readonly actions: readonly PressedAction[];
}

/** `GET /user` of a user who is deleted and can be restored, as JSON. */
export interface DeletedPersonView {
  readonly deleted: DeletedUserView;
  readonly causes: readonly SignInCause[];
}
