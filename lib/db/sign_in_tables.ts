import type { GeneratedTimestamp } from "./column_types.ts";
import type { Scope } from "@/lib/shared/api_keys.ts";
import type { OneTimeKind } from "@/lib/shared/one_time.ts";
import type { Proof } from "@/lib/shared/second_factor.ts";
import type { Role } from "@/lib/shared/users.ts";
import type { Generated, GeneratedAlways } from "kysely";

/** `sessions`: one row per signed-in browser. */
export interface SessionsTable {
  id: GeneratedAlways<number>;
  user_id: number;
  /** SHA-256 of the token, in hex; the token itself is only in the cookie. */
  token_hash: string;
  ip: string;
  user_agent: string;
  created_at: GeneratedTimestamp;
  last_seen_at: GeneratedTimestamp;
  /** When the user was last proven, by which they may change how they sign in. */
  proven_at: GeneratedTimestamp;
  proven_by: Generated<Proof>;
  /**
   * The path that a proof at `/step_up` leads to, empty if to none. `null` if the last proof was a
   * sign-in.
   */
  proven_for: string | null;
  /** As whom its user, an admin, sees the application. `null` if that user was deleted. */
  viewing_user_id: number | null;
  /** When that ends. `null` while the user is nobody else. */
  viewing_until: Date | null;
}

/** `devices`: browsers that have signed in, one row per browser and user. */
export interface DevicesTable {
  id: GeneratedAlways<number>;
  user_id: number;
  /** SHA-256 of the token in the browser's cookie, in hex. */
  token_hash: string;
  /** Such as "Firefox on Linux". */
  browser: string;
  /** Address of the last sign-in. */
  ip: string;
  /** Failed sign-ins since the last successful one. At the limit the browser is as a stranger's. */
  failed_logins: Generated<number>;
  first_login_at: GeneratedTimestamp;
  last_login_at: GeneratedTimestamp;
  /** Until when no code is asked for here. `null` if it always is. */
  trusted_until: Date | null;
}

/** `api_keys`: keys by which programs act as a user. */
export interface ApiKeysTable {
  id: GeneratedAlways<number>;
  user_id: number;
  /** What its owner calls it. */
  name: string;
  /** Its first characters, by which the owner recognises it. */
  prefix: string;
  /** SHA-256 of the whole key, in hex; only its owner has the key itself. */
  token_hash: string;
  scopes: Scope[];
  created_at: GeneratedTimestamp;
  expires_at: Date;
  /** Written at most once a minute. */
  last_used_at: Date | null;
  /** Address of the last use. */
  last_ip: string | null;
}

/** `one_time_tokens`: links and codes that nobody has used yet. */
export interface OneTimeTokensTable {
  id: GeneratedAlways<number>;
  kind: OneTimeKind;
  user_id: number | null;
  /** The deleted user whom it brings back. */
  deleted_user_id: number | null;
  /** The address that it was sent to, which using it proves. */
  email: string;
  /** SHA-256 of the link's token, in hex. */
  token_hash: string;
  /** Hash of the code that may be typed instead of opening the link. */
  code_hash: string | null;
  code_expires_at: Date | null;
  /** Wrong codes so far. */
  tries: Generated<number>;
  /** The password that using it sets, as a PHC string. */
  password_hash: string | null;
  created_at: GeneratedTimestamp;
  expires_at: Date;
}

/** `invitations`: who may make an account by a mailed link. */
export interface InvitationsTable {
  id: GeneratedAlways<number>;
  email: string;
  /** What {@linkcode emailKey} makes of the address; unique among the rows that have not ended. */
  email_key: string;
  /** The role of the new account. */
  role: Role;
  /** The admin whose right it is based on; `null` for an operator. */
  invited_by: number | null;
  /** Whom to ask. */
  invited_by_name: string;
  /**
   * SHA-256 of the token in the newest link, in hex; `null` until one is made. It stays after the
   * end, so that a late visitor learns whom to ask.
   */
  token_hash: string | null;
  /** Counts the links. An e-mail that waits for an earlier one is not sent. */
  revision: Generated<number>;
  created_at: GeneratedTimestamp;
  expires_at: Date;
  accepted_at: Date | null;
  /** The user who came of it. */
  accepted_by: number | null;
  withdrawn_at: Date | null;
}

/** `second_factors`: the authenticators of users. */
export interface SecondFactorsTable {
  user_id: number;
  /** Encrypted. `null` if none is turned on. */
  secret: string | null;
  /** Encrypted: the secret of a setup that was begun. */
  new_secret: string | null;
  /** The last step whose code was taken, see lib/crypto/totp.ts. */
  used_step: Generated<number>;
  /** Wrong codes in a row. */
  wrong_codes: Generated<number>;
  /** Until then no code is taken. */
  locked_until: Date | null;
  turned_on_at: Date | null;
  /** When the user said that the recovery codes are stored. */
  codes_stored_at: Date | null;
}

/** `passkeys`: what users may sign in with instead of a password. */
export interface PasskeysTable {
  id: GeneratedAlways<number>;
  user_id: number;
  /** What its authenticator calls it, in base64url. */
  credential_id: string;
  /** COSE key in base64url, see lib/crypto/passkeys.ts. */
  public_key: string;
  /** Uses so far as its authenticator counts them. 0 if it does not. */
  counter: number;
  /** How its authenticator is reached: words with a comma between them. */
  transports: string;
  /** As its user calls it. */
  name: string;
  /** Whether it is on other devices of its user, too. */
  synced: boolean;
  created_at: GeneratedTimestamp;
  last_used_at: Date | null;
}

/** `recovery_codes`: codes that work once in the place of an authenticator. */
export interface RecoveryCodesTable {
  user_id: number;
  code_hash: string;
}

/** `rate_limits`: the rate limits of all processes. */
export interface RateLimitsTable {
  /** SHA-256 of the limit's name and whose it is, in hex: no address is stored. */
  key: string;
  /** When the whole allowance is there again. */
  full_at: Date;
}
