import assert from "node:assert/strict";
import { inTransaction } from "@/lib/db/transaction.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { deleteExpiredEmailTokens, insertEmailToken, takeEmailToken } from "./email_tokens.ts";
import { insertUser } from "./users.ts";

databaseTest("a mailed token works once, and in time only", async ({ db }) => {
  const email = "ada@example.com";
  await inTransaction(db, async (tx) => {
    const { id: user_id } = await insertUser(tx, { username: "ada", email, password_hash: "x" });
    const token = { user_id, email };
    const [past, future] = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000));
    await insertEmailToken(tx, { ...token, token_hash: "good", expires_at: future! });
    await insertEmailToken(tx, { ...token, token_hash: "late", expires_at: past! });
    assert.equal(await takeEmailToken(tx, "late"), undefined);
    assert.deepEqual(await takeEmailToken(tx, "good"), token);
    assert.equal(await takeEmailToken(tx, "good"), undefined);
  });
  await deleteExpiredEmailTokens(db, 10);
  assert.deepEqual(await db.selectFrom("email_tokens").selectAll().execute(), []);
});
