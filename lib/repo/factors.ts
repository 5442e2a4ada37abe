import type { Insertable } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type {
  PasskeysTable,
  RecoveryCodesTable,
  SecondFactorsTable,
} from "@/lib/db/sign_in_tables.ts";
import { insertPasskey, listPasskeysOfUser } from "./passkeys.ts";

/** Everything besides the password that proves a user: rows without the ids of the database. */
export interface Factors {
  readonly second_factors: Insertable<SecondFactorsTable>[];
  readonly recovery_codes: Insertable<RecoveryCodesTable>[];
  readonly passkeys: Insertable<PasskeysTable>[];
}

/** Lists the factors of a user: encrypted, hashed and public parts, as they are stored. */
export async function listFactors(db: Db, userId: number): Promise<Factors> {
  const second_factors = await db.selectFrom("second_factors").selectAll()
    .where("user_id", "=", userId).execute();
  const recovery_codes = await db.selectFrom("recovery_codes").selectAll()
    .where("user_id", "=", userId).execute();
  const passkeys = await listPasskeysOfUser(db, userId);
  return {
    second_factors,
    recovery_codes,
    passkeys: passkeys.map(({ id: _, ...passkey }) => passkey),
  };
}

/** Stores the factors of a user who has none. */
export async function insertFactors(
  tx: Tx,
  { second_factors, recovery_codes, passkeys }: Factors,
): Promise<void> {
  if (second_factors.length > 0) {
    await tx.insertInto("second_factors").values(second_factors).execute();
  }
  if (recovery_codes.length > 0) {
    await tx.insertInto("recovery_codes").values(recovery_codes).execute();
  }
  for (const passkey of passkeys) await insertPasskey(tx, passkey);
}
