import assert from "node:assert/strict";
import { formatReport } from "./report.ts";

Deno.test("formatReport() quotes what CSV needs, and lets no spreadsheet run a name", () => {
  const text = formatReport([{
    table: "users",
    id: "1",
    username: '=cmd|"x"',
    email: "a,b@example.com",
    outcome: "skipped",
    reasons: ["one", "two"],
  }]);
  assert.equal(
    text,
    "table,id,username,email,outcome,reasons\r\n" +
      `users,1,"'=cmd|""x""","a,b@example.com",skipped,one; two\r\n`,
  );
});
