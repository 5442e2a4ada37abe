import { lookOf } from "@/lib/look_alikes.ts";
import { emailKey, foldKey } from "@/lib/shared/fold.ts";
import { loginForm, registerForm } from "@/lib/shared/user_forms.ts";
import { type AccountOutcome, takeAccount, type TakenAccount } from "./account.ts";
import { cellOf, textOf } from "./cells.ts";
import type { Photo } from "./photo.ts";
import { type ProfileTexts, takeProfile } from "./profile.ts";
import type { ReportLine } from "./report.ts";
import type { Source, SourceRow, SourceUser } from "./source.ts";
import { NameBook, toUsername } from "./username.ts";

/** What somebody has here already, by the keys under which names and addresses are unique. */
export interface TakenKeys {
  readonly usernames: ReadonlySet<string>;
  readonly looks: ReadonlySet<string>;
  readonly emails: ReadonlySet<string>;
}

/** A user who is about to be imported. */
export interface PlannedUser {
  readonly from: SourceUser;
  readonly username: string;
  /** The old name, where it had to change and may still be signed in with. */
  readonly formerName: string | undefined;
  readonly account: TakenAccount;
  readonly profile: ProfileTexts;
  readonly photo: Photo;
  readonly remarks: readonly string[];
}

/** What an import will do. */
export interface ImportPlan {
  readonly users: readonly PlannedUser[];
  /** The rows that are left out. */
  readonly skipped: readonly ReportLine[];
}

/** An account that could be taken, and the name it should get. */
type Candidate = Extract<AccountOutcome, { ok: true }> & {
  readonly from: SourceUser;
  readonly username: string;
};

/** The usernames and addresses that an import of `source` would like to give out or to keep. */
export function wishedNames(source: Source): { usernames: string[]; emails: string[] } {
  return {
    usernames: source.users.flatMap((user) => {
      const old = usernameOf(user);
      const username = toUsername(old, user.id);
      return old === username || !canSignInWith(old) ? [username] : [username, old];
    }),
    emails: source.users.flatMap((user) => {
      const checked = registerForm.email.read(emailOf(user));
      return "value" in checked ? [checked.value] : [];
    }),
  };
}

/**
 * Decides what becomes of each row, lower ids first.
 *
 * Of accounts whose addresses differ in case alone, the one with the lowest id keeps it and the
 * others are left out, whatever their role and status: a later registration must not push an
 * earlier one aside, and who is suspended must not come back through their second account. Of
 * usernames that are the same here, the one with the lowest id keeps it and the others get another
 * one; a name that is allowed as it is goes before one that has to be changed.
 *
 * @param taken what of {@linkcode wishedNames} somebody has already
 * @param isFree whether nobody has a username that was not wished for
 * @param now stands in for dates that are missing
 */
export async function planImport(
  source: Source,
  taken: TakenKeys,
  isFree: (username: string) => Promise<boolean>,
  now: Date,
): Promise<ImportPlan> {
  const skipped: ReportLine[] = source.strays.map((stray) => skippedProfile(stray, stray.reason));
  const candidates = chooseCandidates(source.users, taken, now, skipped);
  const names = await giveNames(candidates, taken, isFree);
  const users = candidates.map((candidate): PlannedUser => {
    const { from, account } = candidate;
    const { username, formerName, remark } = names.get(candidate)!;
    const [first, ...others] = from.profiles;
    const { texts, photo, remarks } = takeProfile(first?.cells ?? new Map(), account.email);
    skipped.push(...others.map((profile) => skippedProfile(profile, extraReason(from))));
    return {
      from,
      username,
      formerName,
      account,
      profile: texts,
      photo,
      remarks: [...remark, ...candidate.remarks, ...remarks],
    };
  });
  return { users, skipped };
}

function chooseCandidates(
  users: readonly SourceUser[],
  taken: TakenKeys,
  now: Date,
  skipped: ReportLine[],
): Candidate[] {
  const owners = new Map<string, string>();
  const candidates: Candidate[] = [];
  for (const user of users) {
    const outcome = takeAccount(user.cells, now);
    const username = toUsername(usernameOf(user), user.id);
    const reason = outcome.ok
      ? conflictOf(outcome.account, username, taken, owners)
      : outcome.reason;
    if (outcome.ok && reason === undefined) {
      owners.set(emailKey(outcome.account.email), user.id);
      candidates.push({ ...outcome, from: user, username });
    } else {
      skipped.push(reportLine(user, "skipped", [reason ?? ""]));
    }
  }
  return candidates;
}

function conflictOf(
  { email }: TakenAccount,
  username: string,
  taken: TakenKeys,
  owners: ReadonlyMap<string, string>,
): string | undefined {
  const key = emailKey(email);
  if (taken.emails.has(key)) {
    return `An account with the address ${email} is here already, perhaps of an earlier import`;
  }
  if (taken.usernames.has(foldKey(username))) {
    return `The username ${username} is taken here, perhaps since an earlier import: ` +
      "rename that account to import this one";
  }
  if (taken.looks.has(lookOf(username))) {
    return `The username ${username} looks like one that somebody has here: ` +
      "rename that account to import this one";
  }
  const owner = owners.get(key);
  return owner && `User ${owner} has this address already, but for case: ` +
      "an account needs one of its own";
}

interface GivenName {
  readonly username: string;
  readonly formerName: string | undefined;
  readonly remark: readonly string[];
}

/** Names that may stay are given out first, so that no changed one takes them away. */
async function giveNames(
  candidates: readonly Candidate[],
  taken: TakenKeys,
  isFree: (username: string) => Promise<boolean>,
): Promise<Map<Candidate, GivenName>> {
  const book = new NameBook(isFree);
  const given = new Map<Candidate, GivenName>();
  for (const candidate of candidates) {
    const text = usernameOf(candidate.from);
    if (candidate.username !== text.trim().normalize("NFC")) continue;
    if (!book.claim(candidate.username)) continue;
    const padded = text !== text.trim();
    const remark = padded ? ["username: spaces around it were removed"] : [];
    given.set(candidate, { username: candidate.username, formerName: undefined, remark });
  }
  const changed: [Candidate, string][] = [];
  for (const candidate of candidates) {
    if (given.has(candidate)) continue;
    const wish = candidate.username;
    const username = book.claim(wish) ? wish : await book.claimVariant(wish, candidate.from.id);
    changed.push([candidate, username]);
  }
  for (const [candidate, username] of changed) {
    const old = usernameOf(candidate.from);
    const isKept = canSignInWith(old) && !taken.usernames.has(foldKey(old)) &&
      book.claimFormer(old);
    const remark = [renamed(old, username, isKept)];
    given.set(candidate, { username, formerName: isKept ? old : undefined, remark });
  }
  return given;
}

function canSignInWith(name: string): boolean {
  return "value" in loginForm.username.read(name) && foldKey(name) !== "";
}

function renamed(old: string, username: string, isKept: boolean): string {
  const fault = "error" in registerForm.username.read(old)
    ? "cannot be one here"
    : "is another user's here, or looks like it";
  const logins = isKept ? "the old name, the address" : "the address";
  return `username: ${JSON.stringify(old)} ${fault}, signs in with ${logins} or ${username}`;
}

/** A line of the report for a row of `users`. */
export function reportLine(
  user: SourceUser,
  outcome: ReportLine["outcome"],
  reasons: readonly string[],
): ReportLine {
  return {
    table: "users",
    id: user.id,
    username: usernameOf(user),
    email: emailOf(user),
    outcome,
    reasons,
  };
}

function extraReason({ id }: SourceUser): string {
  return `User ${id} has a profile with a lower id, which was taken`;
}

function skippedProfile({ id, cells }: SourceRow, reason: string): ReportLine {
  const email = textOf(cellOf(cells, "email"));
  return { table: "user_profiles", id, username: "", email, outcome: "skipped", reasons: [reason] };
}

/** Somebody may be called None. */
function usernameOf({ cells }: SourceUser): string {
  return textOf(cells.get("username") ?? null);
}

function emailOf({ cells }: SourceUser): string {
  return textOf(cellOf(cells, "email"));
}
