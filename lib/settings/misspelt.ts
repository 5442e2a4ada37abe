import type { Environment } from "./env_file.ts";

/**
 * Finds names that look like one of `known`, each with the name that was probably meant. In a
 * settings file, a name that begins like one of ours counts too. The environment also has names of
 * other programs.
 */
export function findMisspelt(
  known: readonly string[],
  env: Environment,
  file: Environment,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of new Set([...Object.keys(file), ...Object.keys(env)])) {
    if (known.includes(name)) continue;
    const inFile = Object.hasOwn(file, name);
    const meant = nearest(known, spelling(name)) ?? (inFile ? sibling(known, name) : undefined);
    // If the environment also has the right name, the other one belongs to another program.
    if (meant && (inFile || !Object.hasOwn(env, meant))) found.set(name, meant);
  }
  return found;
}

function spelling(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

/** Returns the name that was meant, unless there are too many slips. */
function nearest(known: readonly string[], name: string): string | undefined {
  return known
    .filter((one) => Math.abs(one.length - name.length) <= slipsAllowed(one))
    .map((one) => ({ one, slips: slipsBetween(one, name) }))
    .filter(({ one, slips }) => slips <= slipsAllowed(one))
    .sort((a, b) => a.slips - b.slips)[0]?.one;
}

function slipsAllowed(name: string): number {
  return name.length < 11 ? 1 : 3;
}

/** Returns a name that begins with the same word. */
function sibling(known: readonly string[], name: string): string | undefined {
  const family = `${spelling(name).split("_")[0]}_`;
  // Deno has many of its own.
  return family === "DENO_" ? undefined : known.find((one) => one.startsWith(family));
}

/**
 * Counts the slips between two words: an extra, missing or wrong letter, or two that are swapped.
 *
 * @see https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
 */
function slipsBetween(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, at) => at)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= from.length; row++) {
    const current = rows[row] = [row];
    for (let column = 1; column <= to.length; column++) {
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1),
        swapped ? at(row - 2, column - 2) + 1 : Infinity,
      );
    }
  }
  return at(from.length, to.length);
}
