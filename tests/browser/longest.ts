import {
  ADDRESS_MAX_CHARS,
  BIO_MAX_CHARS,
  FULL_NAME_MAX_CHARS,
  PHONE_MAX_CHARS,
  USERNAME_MAX_CHARS,
  WEBSITE_MAX_CHARS,
  ZIPCODE_MAX_CHARS,
} from "@/lib/shared/limits.ts";

/** A name of the greatest length, without a place to break. */
export const LONGEST_NAME = `admin${"x".repeat(USERNAME_MAX_CHARS - "admin".length)}`;

/** The longest address. */
export const LONGEST_EMAIL = `${"y".repeat(64)}@${`${"y".repeat(60)}.`.repeat(3)}org`;

/** The longest profile, also without a place to break. */
export const LONGEST_PROFILE = {
  full_name: "N".repeat(FULL_NAME_MAX_CHARS),
  bio: "b".repeat(BIO_MAX_CHARS),
  address: "a".repeat(ADDRESS_MAX_CHARS),
  zipcode: "1".repeat(ZIPCODE_MAX_CHARS),
  phone: "1".repeat(PHONE_MAX_CHARS),
  email: LONGEST_EMAIL,
  website: "https://example.org/".padEnd(WEBSITE_MAX_CHARS, "w"),
};
