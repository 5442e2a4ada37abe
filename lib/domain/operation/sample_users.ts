import type { Status } from "@/lib/shared/users.ts";

/** A made-up user. */
export interface SampleUser {
  readonly username: string;
  readonly email: string;
  readonly full_name: string;
  readonly bio: string;
  readonly address: string;
  readonly phone: string;
  readonly status: Status;
  readonly status_reason: string | null;
  readonly created_at: Date;
  readonly last_login_at: Date | null;
}

const GIVEN_NAMES =
  "Alva Bruno Cleo Dario Edda Falk Greta Hanno Ilka Jaro Kaja Lasse Mira Nils Oda Pelle Ronja Sven Tilda Vera"
    .split(" ");
const FAMILY_NAMES =
  "Sample Example Placeholder Specimen Template Mockup Dummy Fixture Testcase Prototype".split(" ");
const STREETS = ["Sample Street", "Example Road", "Specimen Lane", "Template Square"];

const DAY_MS = 24 * 60 * 60 * 1000;
const OLDEST_DAYS = 730;
/** One in this many is suspended, and one in this many has never signed in. */
const SUSPENDED_EVERY = 20;
const NEVER_SIGNED_IN_EVERY = 5;

/**
 * Makes up the user with this number. The same seed yields the same user except for the dates,
 * which count back from `now`.
 */
export function sampleUser(seed: number, number: number, now: Date): SampleUser {
  const random = randomNumbers(seed, number);
  const below = (limit: number) => Math.floor(random() * limit);
  const given = GIVEN_NAMES[below(GIVEN_NAMES.length)]!;
  const family = FAMILY_NAMES[below(FAMILY_NAMES.length)]!;
  const username = `${given}.${family}.${number}`.toLowerCase();
  const ageMs = random() * OLDEST_DAYS * DAY_MS;
  const isSuspended = below(SUSPENDED_EVERY) === 0;
  const hasSignedIn = below(NEVER_SIGNED_IN_EVERY) > 0;
  return {
    username,
    email: `${username}@example.com`,
    full_name: `${given} ${family}`,
    bio: "Made up by deno task seed.",
    address: `${1 + below(200)} ${STREETS[below(STREETS.length)]!}`,
    // These numbers are reserved for fiction.
    phone: `+1 555 01${String(below(100)).padStart(2, "0")}`,
    status: isSuspended ? "suspended" : "active",
    status_reason: isSuspended ? "Made up by deno task seed" : null,
    created_at: new Date(now.getTime() - ageMs),
    last_login_at: hasSignedIn ? new Date(now.getTime() - random() * ageMs) : null,
  };
}

/**
 * Returns a generator of numbers from 0 to 1 that depend only on `seed` and `stream`.
 *
 * @see https://en.wikipedia.org/wiki/Linear_congruential_generator and the finaliser of MurmurHash3
 */
function randomNumbers(seed: number, stream: number): () => number {
  let state = mix(Math.imul(seed, 0x9e3779b1) ^ mix(stream));
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
}

/** Spreads the bits of a number over all 32. */
function mix(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
