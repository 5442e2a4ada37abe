import type { PasswordHasher } from "@/lib/crypto/password_hasher.ts";
import { OWN_SCHEME } from "@/lib/crypto/phc.ts";
import type { Db } from "@/lib/db/database.ts";

/** A hasher that records what it computes. */
export interface CountingHasher {
  readonly passwords: PasswordHasher;
  /** The kinds of the hashes that were computed since the last call, in alphabetical order. */
  take(): string[];
}

/** Records every hash that `passwords` computes. They are most of the cost of a sign-in. */
export function countHashes(passwords: PasswordHasher): CountingHasher {
  let computed: string[] = [];
  return {
    passwords: {
      ...passwords,
      hash(...args) {
        computed.push("argon2id");
        return passwords.hash(...args);
      },
      verify(...args) {
        computed.push(kindOf(passwords.schemeOf(args[0])));
        return passwords.verify(...args);
      },
      waste(...args) {
        computed.push(kindOf(args[2] ?? OWN_SCHEME));
        return passwords.waste(...args);
      },
    },
    take() {
      const taken = computed.sort();
      computed = [];
      return taken;
    },
  };
}

/** Returns `bcrypt` for `$bcrypt$r=12$`. */
function kindOf(scheme = "$none$"): string {
  return scheme.split("$")[1]!;
}

/** Counts the statements of the returned `db` that succeed. */
export function countQueries(counted: Db): { readonly db: Db; count(): number } {
  let count = 0;
  const db = counted.withPlugin({
    // Queries inside of queries pass here, too. A statement has one result.
    transformQuery: ({ node }) => node,
    transformResult({ result }) {
      count++;
      return Promise.resolve(result);
    },
  });
  return { db, count: () => count };
}

/** Records the SQL of the returned `db`, without the values. */
export function recordStatements(recorded: Db): { readonly db: Db; take(): string[] } {
  let statements: string[] = [];
  const db = recorded.withPlugin({
    transformQuery({ node, queryId }) {
      statements.push(recorded.getExecutor().compileQuery(node, queryId).sql);
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  return {
    db,
    take() {
      const taken = statements;
      statements = [];
      return taken;
    },
  };
}
