import type { PasswordHasher } from "@/lib/crypto/password_hasher.ts";
import type { Db } from "@/lib/db/database.ts";

/** A hasher that tells what it has computed. */
export interface CountingHasher {
  readonly passwords: PasswordHasher;
  /** The kinds of the hashes that were computed since the last call, in alphabetical order. */
  take(): string[];
}

/** Notes every hash that `passwords` computes: what they cost is what a sign-in takes. */
export function countHashes(passwords: PasswordHasher): CountingHasher {
  let computed: string[] = [];
  return {
    passwords: {
      ...passwords,
      hash(password) {
        computed.push("argon2id");
        return passwords.hash(password);
      },
      verify(phc, password) {
        computed.push(passwords.kindOf(phc) ?? "none");
        return passwords.verify(phc, password);
      },
      waste(kind, password) {
        computed.push(kind);
        return passwords.waste(kind, password);
      },
    },
    take() {
      const taken = computed.sort();
      computed = [];
      return taken;
    },
  };
}

/** Counts what is asked of a database through the `db` that it gives. */
export function countQueries(counted: Db): { readonly db: Db; count(): number } {
  let count = 0;
  const db = counted.withPlugin({
    transformQuery({ node }) {
      count++;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  return { db, count: () => count };
}
