import { lookOf } from "@/lib/look_alikes.ts";
import { emailKey, foldKey } from "@/lib/shared/fold.ts";
import { loginForm, registerForm } from "@/lib/shared/sign_in_forms.ts";
import { type AccountOutcome, takeAccount, type TakenAccount } from "./account.ts";
import { cellOf, textOf } from "./cells.ts";
import type { Photo } from "./photo.ts";
import { type ProfileTexts, takeProfile } from "./profile.ts";
import type { ReportLine } from "./report.ts";
import type { Source, SourceRow, SourceUser } from "./source.ts";
import { NameBook, toUsername } from "./username.ts";

/** Names and addresses in use here, by the keys that make them unique. */
export interface TakenKeys {
  readonly usernames: ReadonlySet<string>;
  readonly looks: ReadonlySet<string>;
  readonly emails: ReadonlySet<string>;
}

/** A user that is about to be imported. */
export interface PlannedUser {
  readonly from: SourceUser;
  readonly username: string;
  /** The old name, if it had to change and still works for signing in. */
  readonly formerName: string | undefined;
  readonly account: TakenAccount;
  readonly profile: ProfileTexts;
  readonly photo: Photo;
  readonly remarks: readonly string[];
}

/** What an import will do. */
export interface ImportPlan {
  readonly users: readonly PlannedUser[];
  /** Rows that are left out. */
  readonly skipped: readonly ReportLine[];
}

/** An account that can be imported, and the username it would like. */
type Candidate = Extract<AccountOutcome, { ok: true }> & {
  readonly from: SourceUser;
  readonly username: string;
};

/** Returns the usernames and addresses that an import of `source` would like to use. */
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
 * Decides what happens to each row, lower ids first.
 *
 * If addresses differ only in case, the account with the lowest id is imported and the others are
 * left out, whatever their role and status. So a later registration cannot push out an earlier one,
 * and a suspended user cannot come back through a second account. If usernames are equal here, the
 * lowest id keeps it and the others get a different one. A username that is valid as it is takes
 * precedence over one that has to change.
 *
 * @param taken names of {@linkcode wishedNames} that are already in use
 * @param isFree whether a username outside {@linkcode wishedNames} is free
 * @param now replaces missing dates
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
  account: TakenAccount,
  username: string,
  taken: TakenKeys,
  owners: ReadonlyMap<string, string>,
): string | undefined {
  const owner = owners.get(emailKey(account.email));
  return takenReason(account, username, taken) ?? (owner &&
    `User ${owner} has the same address except for case: an account needs one of its own`);
}

/** Why an account cannot be imported beside those that exist; `undefined` if it can. */
export function takenReason(
  { email }: Pick<TakenAccount, "email">,
  username: string,
  taken: TakenKeys,
): string | undefined {
  if (taken.emails.has(emailKey(email))) {
    return `An account with the address ${email} exists already, perhaps from an earlier import`;
  }
  if (taken.usernames.has(foldKey(username))) {
    return `The username ${username} is taken here, perhaps since an earlier import: ` +
      "rename that account to import this one";
  }
  if (taken.looks.has(lookOf(username))) {
    return `The username ${username} looks like one that is in use here: ` +
      "rename that account to import this one";
  }
}

interface GivenName {
  readonly username: string;
  readonly formerName: string | undefined;
  readonly remark: readonly string[];
}

/** Gives out unchanged names first, so that no changed name takes one. */
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
    : "is in use here, or looks like one that is";
  const logins = isKept ? "the old name, the address" : "the address";
  return `username: ${JSON.stringify(old)} ${fault}, signs in with ${logins} or ${username}`;
}

/** Makes a line of the report for a row of `users`. */
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
  return `User ${id} has a profile with a lower id, which was imported`;
}

function skippedProfile({ id, cells }: SourceRow, reason: string): ReportLine {
  const email = textOf(cellOf(cells, "email"));
  return { table: "user_profiles", id, username: "", email, outcome: "skipped", reasons: [reason] };
}

/** Reads the name as it is: somebody may be called None. */
function usernameOf({ cells }: SourceUser): string {
  return textOf(cells.get("username") ?? null);
}

function emailOf({ cells }: SourceUser): string {
  return textOf(cellOf(cells, "email"));
}
