/** Longest and shortest texts, in characters (code points) after trimming and Unicode NFC. */
export const USERNAME_MIN_CHARS = 3;
/** Shortest username in Han, Hangul or Kana, whose characters stand for a syllable or a word. */
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
export const SEARCH_MAX_CHARS = 100;

/**
 * Marks on one letter: no language needs more, and a heap of them covers the lines around it.
 *
 * @see https://www.unicode.org/reports/tr39/#Optional_Detection
 */
export const STACKED_MARKS_MAX = 4;

/** No password is longer: hashing must not be a way to keep the server busy. */
export const PASSWORD_MAX_CHARS = 256;

/** How long a deleted user can be brought back. */
export const DELETED_USERS_KEPT_DAYS = 30;

/** Largest picture that may be uploaded. */
export const IMAGE_MAX_BYTES = 5 * 1024 * 1024;
/** Largest picture, in pixels, that is decoded. */
export const IMAGE_MAX_PIXELS = 40_000_000;

/** Rows of a page of the user list. */
export const PAGE_SIZE_DEFAULT = 25;
export const PAGE_SIZE_MAX = 100;
/** The place in the list where a page begins holds a name or address and an id. */
export const CURSOR_MAX_CHARS = 1_000;
