import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { addPerson, logIn, PASSWORD } from "@/tests/kit/people.ts";
import { GRACE, register, usersOf } from "./registration.ts";

appTest("everything that is wrong with a registration is said at once", async (app) => {
  await addPerson(app, "ada", { email: "ada@example.org" });
  const cases = [
    [{ email: "ada@", password: "short1!" }, ["email", "password", "password2"]],
    [{ username: "a b", password: "password", password2: "password" }, ["username", "password"]],
    [{ username: "ADA", email: "ada@example.org", password2: "x" }, [
      "username",
      "email",
      "password2",
    ]],
    [{ username: "ada", email: "" }, ["username", "email"]],
    [{ username: "", email: "", password: "", password2: "" }, Object.keys(GRACE)],
  ] as const;
  for (const [fields, wrong] of cases) {
    const answer = await register(app, fields);
    assert.equal(answer.status, 422, answer.text);
    assert.deepEqual(Object.keys(JSON.parse(answer.text).errors).sort(), wrong.toSorted());
  }
  const both = await register(app, { username: "ada", email: "ada@example.org" });
  assert.equal(both.status, 409, "only what somebody else has is a conflict");
});

/** Refused values, by field. */
const BAD_INPUT: readonly (readonly [field: string, value: string])[] = [
  ["username", ""],
  ["username", "ab"],
  ["username", "a".repeat(65)],
  ["username", "two words"],
  ["username", "a@example.org"],
  ["username", "<b>grace</b>"],
  ["username", "gra\u0000ce"],
  ["username", "grace\u202e"],
  ["email", ""],
  ["email", "grace"],
  ["email", "grace@localhost"],
  ["email", "grace@@example.org"],
  ["email", "grace@example..org"],
  ["email", "grace@-example.org"],
  ["email", "gra ce@example.org"],
  ["email", `${"a".repeat(65)}@example.org`],
  ["email", `grace@${"a.".repeat(130)}org`],
  ["email", "grace@example.org\nbcc: all@example.org"],
  ["password", ""],
  ["password", "short1!"],
  ["password", "password"],
  ["password", "gracegrace"],
  ["password", "grace@example.org"],
  ["password", "a".repeat(257)],
  ["password2", "seven purple lizards"],
  ["password2", ""],
];

appTest("POST /register refuses bad input with 422 and a message at its field", async (app) => {
  for (const [field, value] of BAD_INPUT) {
    const fields = { ...GRACE, [field]: value };
    if (field === "password") fields.password2 = value;
    const name = `${field}=${JSON.stringify(value)}`;
    const answer = await app.client().sendJson("POST", "/register", fields);
    assert.equal(answer.status, 422, name);
    assert.equal(answer.headers.get("content-type"), "application/problem+json", name);
    const problem = JSON.parse(answer.text);
    assert.equal(problem.status, 422);
    assert.ok(problem.errors[field], `${name}: ${answer.text}`);
    assert.match(problem.errors[field], /^[A-Z].*[^.]\.?$/);
  }
  assert.deepEqual(await usersOf(app), []);
  assert.deepEqual(await app.services.db.selectFrom("audit_events").selectAll().execute(), []);
});

appTest(
  "a refused form comes back with its input except passwords",
  async (app) => {
    const answer = await app.client().postForm("/register", {
      ...GRACE,
      email: "grace@",
      password2: "other",
    });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /value="grace"/);
    assert.match(answer.text, /value="grace@"/);
    assert.match(answer.text, /Enter an address such as/);
    assert.ok(!answer.text.includes(PASSWORD));
    assert.ok(!answer.text.includes(`value="other"`));
  },
);

appTest(
  "a taken name or address is a conflict, whatever its case or form",
  async (app) => {
    await addPerson(app, "José", { email: "jose@example.org" });
    const taken = [
      { username: "JOSÉ" },
      { username: "jose\u0301" },
      { username: "ＪＯＳÉ" },
      { email: "JOSE@Example.org" },
    ];
    for (const fields of taken) {
      const [field] = Object.keys(fields) as [string];
      const answer = await register(app, fields);
      assert.equal(answer.status, 409, answer.text);
      assert.deepEqual(Object.keys(JSON.parse(answer.text).errors), [field]);
      const page = await app.client().postForm("/register", { ...GRACE, ...fields });
      assert.equal(page.status, 422);
      assert.match(page.text, /Somebody has/);
    }
    assert.equal((await usersOf(app)).length, 1);
  },
);

appTest("if several register under one name at the same time, one gets it", async (app) => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => register(app, { email: `grace${index}@example.org` })),
  );
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [201, ...Array<number>(7).fill(409)]);
  assert.equal((await usersOf(app)).length, 1);
}, { pooled: true });

appTest("texts are trimmed and composed, passwords are taken as they are", async (app) => {
  const password = "  seven purple dragons  ";
  const answer = await register(app, {
    username: "  Zoe\u0308-李.1_x  ",
    email: " zoe@example.org\t",
    password,
    password2: password,
  });
  assert.equal(answer.status, 201, answer.text);
  const [user] = await usersOf(app);
  assert.deepEqual([user?.username, user?.email], ["Zoë-李.1_x", "zoe@example.org"]);
  assert.equal((await logIn(app.client(), "zoe@example.org", password.trim())).status, 401);
  assert.equal((await logIn(app.client(), "zoe@example.org", password)).status, 200);
});

appTest("the longest of everything is taken", async (app) => {
  const password = Array.from({ length: 256 }, (_, i) => String.fromCharCode(33 + i * i % 89)).join(
    "",
  );
  const email = `${"a".repeat(64)}@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.org`;
  const answer = await register(app, {
    username: "𝒳".repeat(64),
    email,
    password,
    password2: password,
  });
  assert.equal(answer.status, 201, answer.text);
  assert.equal((await logIn(app.client(), email, password)).status, 200);
});
