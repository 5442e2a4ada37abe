/**
 * The search box. Words are found in any order, each anywhere. `"whole words"`, `start*`, `id:42` and
 * `email:a@example.org` are exact, and a list of ids and addresses from a log finds each of them.
 * There are no errors: whatever follows no rule is searched as text.
 */
import { emailKey } from "./fold.ts";
import { type SearchNeedle, searchNeedle } from "./search.ts";

/** Users by number, and by the key of their address. */
export interface ExactUsers {
  readonly ids: readonly number[];
  readonly emails: readonly string[];
}

/** What a search asks for. */
export interface SearchQuery {
  /** A user has all of them. */
  readonly needles: readonly SearchNeedle[];
  /** And is one of these. */
  readonly among?: ExactUsers;
  /** Or is one of these. */
  readonly also?: ExactUsers;
}

/** Text in quotes, or up to the next space. */
const TERM = /"[^"]+"(?=[\s,;]|$)|\S+/g;
const SEPARATORS = /[\s,;]+/;
/** As logs write users: `user 42`, `user_id=42`, `#42`. */
const LOGGED_ID = /(?:\buser(?:_id)?\s*[ =:#]\s*#?|#)(\d+)(?![^\s,;])/gi;
const PLAIN_ID = /^(?:id:)?(\d{1,15})$/i;
const EXPLICIT = /^(id|email):(.+)$/i;
const ADDRESS = /^[^\s@"*]+@[^\s@"*]+\.[^\s@"*]+$/;

/**
 * Reads the text of the search box; `undefined` if it has no visible characters.
 *
 * @param searchIn in names only, nobody is found by an address
 */
export function readSearch(text: string, searchIn?: "names"): SearchQuery | undefined {
  const search = readAny(text);
  if (!search || searchIn === undefined) return search;
  const { needles, among, also } = search;
  return {
    needles,
    ...(among && { among: { ...among, emails: [] } }),
    ...(also && { also: { ...also, emails: [] } }),
  };
}

function readAny(text: string): SearchQuery | undefined {
  const listed = readList(text);
  if (listed.length > 1) return { needles: [], among: join(listed) };
  const terms = [...text.matchAll(TERM)].map(([term]) => term);
  const explicit = terms.map(readExplicit);
  const needles = terms.filter((_, index) => !explicit[index]).map(readNeedle)
    .filter((needle) => needle !== undefined);
  const among = explicit.filter((users) => users !== undefined);
  if (among.length > 0) return { needles, among: join(among) };
  if (needles.length === 0) return undefined;
  // A number alone may be an id or part of a name.
  return listed.length > 0 ? { needles, also: join(listed) } : { needles };
}

/** Reads a list of nothing but ids and addresses. Empty if there is anything else. */
function readList(text: string): ExactUsers[] {
  const items = text.replace(LOGGED_ID, " id:$1 ").split(SEPARATORS).filter(Boolean);
  const found = items.map((item) => readId(item) ?? readAddress(item))
    .filter((users) => users !== undefined);
  return found.length === items.length ? found : [];
}

function readExplicit(term: string): ExactUsers | undefined {
  const [, kind, value] = EXPLICIT.exec(term.replace(/[,;]+$/, "")) ?? [];
  if (value === undefined) return undefined;
  return kind!.toLowerCase() === "id" ? readId(value) : readAddress(value);
}

function readId(item: string): ExactUsers | undefined {
  const [, digits] = PLAIN_ID.exec(item) ?? [];
  return digits === undefined ? undefined : { ids: [Number(digits)], emails: [] };
}

function readAddress(item: string): ExactUsers | undefined {
  const address = item.replace(/^email:/i, "");
  return ADDRESS.test(address) ? { ids: [], emails: [emailKey(address)] } : undefined;
}

function readNeedle(term: string): SearchNeedle | undefined {
  const [, phrase] = /^"([^"]+)"$/.exec(term) ?? [];
  if (phrase !== undefined) return searchNeedle(phrase, "whole words");
  const [, start] = /^([^*]+)\*$/.exec(term) ?? [];
  if (start !== undefined) return searchNeedle(start, "word start");
  return searchNeedle(term.replace(/(?<=[^,;])[,;]+$/, ""));
}

function join(found: readonly ExactUsers[]): ExactUsers {
  return {
    ids: found.flatMap(({ ids }) => ids),
    emails: found.flatMap(({ emails }) => emails),
  };
}
