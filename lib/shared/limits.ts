/** Shortest and longest texts, in characters (code points) after trimming and Unicode NFC. */
export const USERNAME_MIN_CHARS = 3;
/** Shortest username in Han, Hangul or Kana, where a character is a syllable or a word. */
export const USERNAME_MIN_SYLLABLES = 2;
export const USERNAME_MAX_CHARS = 64;
/** @see https://www.rfc-editor.org/errata/eid1690 */
export const EMAIL_MAX_CHARS = 254;
export const FULL_NAME_MAX_CHARS = 120;
export const BIO_MAX_CHARS = 2_000;
export const ADDRESS_MAX_CHARS = 500;
export const ZIPCODE_MAX_CHARS = 16;
export const PHONE_MAX_CHARS = 32;
export const WEBSITE_MAX_CHARS = 300;
export const STATUS_REASON_MAX_CHARS = 300;
export const VIEWING_REASON_MAX_CHARS = 300;
export const TAG_MAX_CHARS = 30;
/** Tags of a user. */
export const TAGS_MAX = 20;
export const NOTE_MAX_CHARS = 1_000;
/** Notes about a user. */
export const NOTES_MAX = 100;
/** Room for a few dozen addresses or ids, pasted from a log. */
export const SEARCH_MAX_CHARS = 1_000;

/**
 * Accents on one letter. No language needs more, and a stack of them covers other lines.
 *
 * @see https://www.unicode.org/reports/tr39/#Optional_Detection
 */
export const STACKED_MARKS_MAX = 4;

export const API_KEY_NAME_MAX_CHARS = 60;

/** Longest password, so that hashing cannot be used to keep the server busy. */
export const PASSWORD_MAX_CHARS = 256;

/**
 * Days after its last sign-in for which a browser is known. Browsers keep no cookie for longer.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-max-age-attribute
 */
export const DEVICE_DAYS = 400;

/** How long an admin may view as another user without asking again. */
export const VIEWING_MINUTES = 60;

/** Passkeys of a user. */
export const PASSKEYS_MAX = 20;
export const PASSKEY_NAME_MAX_CHARS = 60;
/** Several times the length of what browsers answer for a passkey, as JSON. */
export const PASSKEY_ANSWER_MAX_CHARS = 8_000;

/** How long the page of a user counts as open after it was loaded. */
export const OPEN_MINUTES = 15;

/** Days in which a deleted user can be restored. */
export const DELETED_USERS_KEPT_DAYS = 30;

/** Days in which an action can be taken back. */
export const UNDO_DAYS = 30;

/** Days in which the address of a new account can be confirmed, with as many links as it takes. */
export const REGISTRATIONS_KEPT_DAYS = 7;

/** Days after its end in which an invitation is still listed. */
export const INVITATIONS_KEPT_DAYS = 30;

/** Days in which admins see an e-mail that was never sent, after the time when it was worth it. */
export const EXPIRED_LETTERS_KEPT_DAYS = 7;

/** Days in which e-mails are kept that were written to files. No link in them works for longer. */
export const WRITTEN_EMAILS_KEPT_DAYS = 30;

/** Largest file of a picture. */
export const IMAGE_MAX_BYTES = 5 * 1024 * 1024;
/** Largest picture that is decoded, in pixels. */
export const IMAGE_MAX_PIXELS = 40_000_000;

/** An imported file of users: its size, rows, columns, and the longest cell. */
export const IMPORT_MAX_BYTES = 32 * 1024 * 1024;
export const IMPORT_ROWS_MAX = 100_000;
export const IMPORT_COLUMNS_MAX = 100;
export const IMPORT_CELL_MAX_CHARS = 5_000;
/** Hours for which an uploaded file and what became of its rows are kept. */
export const IMPORTS_KEPT_HOURS = 24;

/** Users who have not signed in for so many days are dormant. */
export const DORMANT_DAYS = 90;

/** Days before the suspension of a dormant user on which an e-mail is written. */
export const DORMANCY_NOTICE_DAYS = { first: 14, last: 3 } as const;

/** Saved views of an admin. */
export const USER_VIEWS_MAX = 50;
export const VIEW_NAME_MAX_CHARS = 60;
/** Longest query of the user list: a search of {@linkcode SEARCH_MAX_CHARS}, each three times %xx. */
export const VIEW_QUERY_MAX_CHARS = 10_000;

/** Rows per page of the user list. */
export const PAGE_SIZE_DEFAULT = 25;
export const PAGE_SIZE_MAX = 100;
/** Longest cursor of the user list. It contains a name or address and an id. */
export const CURSOR_MAX_CHARS = 1_000;
