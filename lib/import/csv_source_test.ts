import assert from "node:assert/strict";
import { takePassword } from "./password.ts";
import { cellOf, timeOf } from "./cells.ts";
import { readCsv } from "./csv_source.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

const HASH = "e8bb3c9e2fd28310f436736729e5dbbc0fb5ae938563c4bac4882d2cdb0e6ae7" +
  "1b697a919617464dfe2ae9f7aec967db7ae8d59f3c99c49e44072de0376946cf" +
  "cd0739dd88b1c1346d900a09a9fc892c013e7fa4725cb741b15c721107bede31";

Deno.test("readCsv() finds columns by name, whatever their order, case, delimiter and a BOM", () => {
  const { users } = readCsv(utf8('\uFEFFE-Mail; EMAIL ;Username\r\nx;ada@example.com;"a;b"\r\n'));
  assert.equal(users.length, 1);
  assert.equal(users[0]?.cells.get("username"), "a;b");
  assert.equal(users[0]?.cells.get("email"), "ada@example.com");
});

Deno.test("readCsv() reads what PostgreSQL's copy writes", () => {
  const row = [
    "7",
    "ada",
    "ada@example.com",
    `\\x${utf8(HASH).toHex()}`,
    "\\N",
    "2026-11-23 02:31:58.5+00",
  ];
  const { users: [user] } = readCsv(
    utf8(`id,username,email,password,role,date_created\n${row.join(",")}\n`),
  );
  assert.equal(user?.id, "7");
  assert.equal(user?.cells.get("role"), null);
  assert.match(
    takePassword(user?.cells.get("password") ?? null) ?? "",
    /^\$pbkdf2-sha512\$i=100000\$/,
  );
  assert.equal(
    timeOf(cellOf(user?.cells ?? new Map(), "date_created"))?.toISOString(),
    "2026-11-23T02:31:58.500Z",
  );
});

Deno.test("readCsv() takes the profile from the same row, with its address as profile_email", () => {
  const { users: [user] } = readCsv(
    utf8("username,email,full_name,profile_email\nada,ada@example.com,Ada,post@example.com\n"),
  );
  assert.equal(user?.profiles[0]?.cells.get("full_name"), "Ada");
  assert.equal(user?.profiles[0]?.cells.get("email"), "post@example.com");
});

Deno.test("readCsv() joins a file of profiles by the users' ids", () => {
  const { users, strays } = readCsv(
    utf8("id,username,email\n3,ada,ada@example.com\n"),
    utf8("id,user,full_name\n1,3,Ada\n3,8,Nobody\n"),
  );
  assert.deepEqual(users.map(({ profiles }) => profiles.map(({ id }) => id)), [["1"]]);
  assert.deepEqual(strays.map(({ id }) => id), ["3"]);
});

Deno.test("readCsv() numbers rows without an id one by one", () => {
  const { users } = readCsv(utf8("username,email\nada,ada@example.com\nbea,bea@example.com\n"));
  assert.deepEqual(users.map(({ id }) => id), ["row 1", "row 2"]);
});
