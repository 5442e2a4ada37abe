import { type NotNull, sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import type { Db } from "@/lib/db/database.ts";
import type { Device } from "./devices.ts";
import type { SecondFactor } from "./second_factors.ts";
import type { User } from "./users.ts";

/**
 * What protects an account. While two-factor sign-in is off, `turned_on_at` and `codes_stored_at` are
 * `null`.
 */
export interface AccountSecurity
  extends
    Pick<User, "email_verified_at" | "password_hash">,
    Pick<SecondFactor, "turned_on_at" | "codes_stored_at"> {
  /** Recovery codes that are left. */
  readonly codes: number;
  readonly passkeys: number;
  /** Last used first. */
  readonly trusted: readonly TrustedDevice[];
}

/** A browser in which no code is asked for. */
export interface TrustedDevice extends Pick<Device, "id" | "browser" | "ip" | "token_hash"> {
  readonly trusted_until: Date;
}

/** Finds out what protects an account, in one statement. */
export async function findAccountSecurity(
  db: Db,
  userId: number,
): Promise<AccountSecurity | undefined> {
  const row = await db.selectFrom("users as u")
    .leftJoin(
      "second_factors as f",
      (join) => join.onRef("f.user_id", "=", "u.id").on("f.secret", "is not", null),
    )
    .select(["u.email_verified_at", "u.password_hash", "f.turned_on_at", "f.codes_stored_at"])
    .select(({ selectFrom }) => [
      sql<number>`(select count(*) from recovery_codes c where c.user_id = u.id)`.as("codes"),
      sql<number>`(select count(*) from passkeys k where k.user_id = u.id)`.as("passkeys"),
      jsonArrayFrom(
        selectFrom("devices as d")
          .select(["d.id", "d.browser", "d.ip", "d.token_hash", "d.trusted_until"])
          .$narrowType<{ trusted_until: NotNull }>()
          .whereRef("d.user_id", "=", "u.id").where("d.trusted_until", ">", sql<Date>`now()`)
          .orderBy("d.last_login_at", "desc").orderBy("d.id", "desc"),
      ).as("trusted"),
    ])
    .where("u.id", "=", userId).executeTakeFirst();
  if (!row) return undefined;
  // JSON has times as texts.
  const trusted = row.trusted.map((device) => ({
    ...device,
    trusted_until: new Date(device.trusted_until),
  }));
  return { ...row, trusted };
}
