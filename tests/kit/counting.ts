import { type Argon2, loadArgon2 } from "@/lib/crypto/argon2.ts";

/** Argon2id that tells how often it was computed. */
export interface CountedArgon2 {
  readonly derive: Argon2;
  /** How often, since the last call of this function. */
  take(): number;
}

/** Counts computations: what they cost is what a sign-in takes. */
export function countArgon2(): CountedArgon2 {
  const argon2 = loadArgon2();
  let count = 0;
  return {
    derive: async (...parameters) => {
      count++;
      return await (await argon2)(...parameters);
    },
    take() {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}
