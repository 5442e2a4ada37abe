import type { Scope } from "./api_keys.ts";
import type { NamedUser, Timestamp, UndoTarget } from "./views.ts";

/** What protects an account. */
export interface SecurityView {
  readonly email_verified: boolean;
  /** Whether this installation has two-factor sign-in. */
  readonly offered: boolean;
  readonly can_turn_on: boolean;
  /** `null` while two-factor sign-in is off. */
  readonly turned_on_at: Timestamp | null;
  readonly codes_left: number;
  /** Whether the user has said that the recovery codes are stored. */
  readonly codes_stored: boolean;
  /** Whether there is a password. Without one, a passkey signs in. */
  readonly has_password: boolean;
  /** Whether this installation has passkeys. */
  readonly passkeys_offered: boolean;
  /** How many there are. */
  readonly passkeys: number;
  /** In these no code is asked for. */
  readonly trusted_browsers: readonly TrustedBrowserView[];
}

/** A browser in which no code is asked for. */
export interface TrustedBrowserView {
  readonly browser_id: number;
  /** Such as "Firefox on Linux". */
  readonly browser: string;
  /** Address of the last sign-in. */
  readonly ip: string;
  readonly trusted_until: Timestamp;
  /** Whether the request comes from it. */
  readonly current: boolean;
}

/** A passkey, as its user sees it. */
export interface PasskeyView {
  readonly passkey_id: number;
  readonly name: string;
  readonly created_at: Timestamp;
  readonly last_used_at: Timestamp | null;
  /** Whether it is on other devices of its user, too. */
  readonly synced: boolean;
}

/** An invitation, as the invited person sees it. */
export interface OwnInvitationView {
  readonly email: string;
  readonly invited_by: string;
}

/** A browser in which a user is signed in. */
export interface SessionView {
  readonly session_id: number;
  /** Such as "Firefox on Linux". */
  readonly browser: string;
  /** Address of the last request. */
  readonly ip: string;
  readonly created_at: Timestamp;
  readonly last_seen_at: Timestamp;
  /** Whether the request belongs to it. */
  readonly current: boolean;
}

/** An API key, as its owner and admins see it. Never the key itself. */
export interface ApiKeyView {
  readonly key_id: number;
  readonly name: string;
  /** Its first characters. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly created_at: Timestamp;
  readonly expires_at: Timestamp;
  /** To the minute. `null` if it was never used. */
  readonly last_used_at: Timestamp | null;
  readonly last_ip: string | null;
  readonly expired: boolean;
}

/** `GET /api_keys` as JSON. */
export interface ApiKeysView {
  /** Whose keys they are. */
  readonly user: NamedUser;
  readonly api_keys: readonly ApiKeyView[];
}

/** Something that happened to a user's account, as the user sees it. */
export interface ActivityEvent {
  readonly id: number;
  readonly at: Timestamp;
  /** Name of an action, such as `sign_in`. */
  readonly action: string;
  readonly text: string;
  /** `null` where it is unknown, or another user's. */
  readonly browser: string | null;
  readonly ip: string | null;
  /** Set if the reader can take it back. */
  readonly undo?: UndoTarget;
}

/** `GET /activity` as JSON. */
export interface ActivityView {
  readonly events: readonly ActivityEvent[];
  /** For `after=`; `null` on the last page. */
  readonly next: number | null;
  /** For `before=`; `null` on the first page. */
  readonly previous: number | null;
}
