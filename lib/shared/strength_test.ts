import assert from "node:assert/strict";
import fc from "fast-check";
import { judgePassword, MAX_STRENGTH, STRENGTH_LABELS } from "@/lib/shared/strength.ts";

Deno.test("judgePassword() finds a password of every list very weak, and says why", async () => {
  const { score, label, warning } = await judgePassword("password1", []);
  assert.deepEqual([score, label], [0, "Very weak"]);
  assert.notEqual(warning, "");
});

Deno.test("judgePassword() finds four odd words strong and has no advice for them", async () => {
  const strength = await judgePassword("orbit-velvet-tractor-mumble", []);
  assert.equal(strength.score, MAX_STRENGTH);
  assert.deepEqual(strength.suggestions, []);
});

Deno.test("judgePassword() marks down the user's own name or address", async () => {
  const password = "zbigniewkowalczyk";
  const alone = await judgePassword(password, []);
  const own = await judgePassword(password, ["zbigniew.kowalczyk@example.com"]);
  assert.ok(own.score < alone.score, `${own.score} < ${alone.score}`);
});

Deno.test("judgePassword() marks down the application's name", async () => {
  const { score } = await judgePassword("Roster!2026", ["Roster"]);
  assert.ok(score < 3, String(score));
});

const J_SMITH_JONES = `j.smith-jones J.Smith-Jones j_smith_jones jsmithjones smithjones jones.smith
  senoj-htims.j SENOJ-HTIMS.J j.smith-jonesj.smith-jones j.smith-jones123 2024j.smith-jones!
  j.sm1th-j0nes j.smith-jones@c.example smith.jones.example j-s-m-i-t-h-jones`.split(/\s+/);

Deno.test("judgePassword() finds an address weak, whole, in pieces and turned round", async () => {
  for (const password of J_SMITH_JONES) {
    const { score } = await judgePassword(password, ["j.smith-jones@c.example"]);
    assert.ok(score < 2, `${password}: ${score}`);
  }
});

Deno.test("judgePassword() finds the name of a person and of the site weak", async () => {
  const known = ["José García-Márquez", "people.northwind.example"];
  for (const password of ["josé.garcía", "Garcia_Marquez", "Northwind-People", "zeuqram-aicrag1"]) {
    const { score } = await judgePassword(password, known);
    assert.ok(score < 2, `${password}: ${score}`);
  }
});

Deno.test("a strong password stays strong where a name is part of it", async () => {
  const { score } = await judgePassword("orbit-velvet-smith-tractor", ["j.smith@c.example"]);
  assert.equal(score, MAX_STRENGTH);
});

Deno.test("judgePassword() reads 4 as a, 0 as o and $ as s", async () => {
  for (
    const password of [
      "P@$$w0rd1!",
      "p4ssw0rd",
      "1l0v3y0u",
      "m0nk3y123",
      "l0v3b1rd$",
      "b4dm1nt0n11!",
    ]
  ) {
    const { score } = await judgePassword(password, []);
    assert.ok(score < 3, `${password}: ${score}`);
  }
});

Deno.test("judgePassword() knows the keys behind the letters of other alphabets", async () => {
  // qwerty rows and `password`, on Russian, Ukrainian, Arabic, Hebrew, Greek and Korean keyboards.
  const typed = `йцукенгшщз фывапролдж йцукен123 Пароль123 привет2024 ёйцукен1 фіваполд
    ضصثقفغعهخ شسيبلاتنم קראטוןםפ ςερτυθιοπ ασδφγηξκλ ㅂㅈㄷㄱㅅㅛㅕㅑ`;
  for (const password of typed.split(/\s+/)) {
    const { score } = await judgePassword(password, []);
    assert.ok(score < 3, `${password}: ${score}`);
  }
});

Deno.test("judgePassword() finds unexpected words of any alphabet strong", async () => {
  for (const password of ["кот-трактор-бархат-орбита", "Wölkchen-Traktor-Samt-Murmel"]) {
    const { score } = await judgePassword(password, []);
    assert.equal(score, MAX_STRENGTH, password);
  }
});

Deno.test("judgePassword() has a label for every text, whatever the user is called", async () => {
  const text = fc.string({ unit: "binary", maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(text, fc.array(text, { maxLength: 3 }), async (password, userInputs) => {
      const { score, label } = await judgePassword(password, userInputs);
      assert.equal(label, STRENGTH_LABELS[score]);
    }),
  );
});
