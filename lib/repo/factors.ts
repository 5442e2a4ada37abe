import { type Insertable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import { rowsToInsert } from "@/lib/db/insert_rows.ts";
import type {
  PasskeysTable,
  RecoveryCodesTable,
  SecondFactorsTable,
} from "@/lib/db/sign_in_tables.ts";

/** Everything besides the password that proves a user: rows without the ids of the database. */
export interface Factors {
  readonly second_factors: Insertable<SecondFactorsTable>[];
  readonly recovery_codes: Insertable<RecoveryCodesTable>[];
  readonly passkeys: Insertable<PasskeysTable>[];
}

/** Lists the factors of users: encrypted, hashed and public parts, as they are stored. */
export async function listFactors(
  db: Db,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, Factors>> {
  const isOfUsers = sql<boolean>`user_id = any(${userIds}::bigint[])`;
  const second_factors = await db.selectFrom("second_factors").selectAll().where(isOfUsers)
    .execute();
  const recovery_codes = await db.selectFrom("recovery_codes").selectAll().where(isOfUsers)
    .execute();
  const passkeys = await db.selectFrom("passkeys").selectAll().where(isOfUsers).orderBy("id")
    .execute();
  const [seconds, codes, keys] = [
    Map.groupBy(second_factors, userOf),
    Map.groupBy(recovery_codes, userOf),
    Map.groupBy(passkeys.map(({ id: _, ...passkey }) => passkey), userOf),
  ];
  return new Map(userIds.map((id) => [id, {
    second_factors: seconds.get(id) ?? [],
    recovery_codes: codes.get(id) ?? [],
    passkeys: keys.get(id) ?? [],
  }]));
}

const userOf = ({ user_id }: { readonly user_id: number }) => user_id;

/** Stores the factors of users who have none. A passkey that somebody has by now stays theirs. */
export async function insertFactors(tx: Tx, factors: readonly Factors[]): Promise<void> {
  for (const table of ["second_factors", "recovery_codes", "passkeys"] as const) {
    const rows = factors.flatMap<Partial<Factors[typeof table][number]>>((of) => of[table]);
    for (const { columns, values } of rowsToInsert(table, rows)) {
      await tx.insertInto(table).columns(columns).expression(values)
        .onConflict((on) => on.doNothing()).execute();
    }
  }
}
