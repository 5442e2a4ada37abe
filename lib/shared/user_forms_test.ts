import assert from "node:assert/strict";
import fc from "fast-check";
import { type Form, parseForm, parsePartial } from "./form.ts";
import { EMAIL_MAX_CHARS } from "./limits.ts";
import { profileForm } from "./profile_form.ts";
import { userListForm } from "./list_forms.ts";
import { changePasswordForm, loginForm, registerForm } from "./sign_in_forms.ts";
import { accountForm, editTargetForm, statusForm } from "./user_forms.ts";

const FORMS: Readonly<Record<string, Form>> = {
  registerForm,
  loginForm,
  changePasswordForm,
  profileForm,
  accountForm,
  editTargetForm,
  statusForm,
  userListForm,
};

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.emailAddress(),
  fc.webUrl(),
  fc.nat().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom("", " ", "user", "admin", "active", "-username", "\ud800", "\u202e"),
);

const textsOf = (form: Form) =>
  fc.record(
    Object.fromEntries(Object.keys(form).map((name) => [name, anyText])),
    { requiredKeys: [] },
  ).map((record) => new Map(Object.entries(record) as [string, string][]));

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`${name} answers any text with values or with messages, and never throws`, () => {
    fc.assert(fc.property(textsOf(form), (texts) => {
      const parsed = parseForm(form, texts);
      if (parsed.ok) return;
      for (const [field, message] of Object.entries(parsed.errors)) {
        assert.ok(field in form);
        assert.match(message, /^[A-Z\w].*[^.]$/s);
      }
    }));
  });

  Deno.test(`${name} reads what it has read as the same again`, () => {
    fc.assert(fc.property(textsOf(form), (texts) => {
      const parsed = parsePartial(form, texts);
      if (!parsed.ok) return;
      const again = parsePartial(form, new Map(Object.entries(parsed.value).map(written)));
      assert.deepEqual(again, parsed);
    }));
  });
}

/** A value as a form would send it. */
function written([name, value]: [string, unknown]): [string, string] {
  return [name, value instanceof Date ? value.toISOString() : String(value ?? "")];
}

Deno.test("parsePartial() leaves out what was not sent", () => {
  const parsed = parsePartial(profileForm, new Map([["bio", "x"]]));
  assert.deepEqual(parsed, { ok: true, value: { bio: "x" } });
});

Deno.test("what is longer than its limit meets no pattern, which might take long over it", () => {
  const tooLong = `${"a".repeat(EMAIL_MAX_CHARS)}!`;
  const { email, username } = registerForm;
  for (const field of [email, username]) {
    const checked = field.read(tooLong);
    assert.match("error" in checked ? checked.error : "", /at most \d+ fit$/);
  }
});

Deno.test("no text turns the direction of the page", () => {
  const { full_name, bio } = profileForm;
  for (const control of ["\u202E", "\u202A", "\u2066", "\u2069", "\u0007"]) {
    for (const field of [full_name, bio]) {
      assert.ok("error" in field.read(`gpj${control}exe`), JSON.stringify(control));
    }
  }
  assert.ok("error" in full_name.read("one\u2028two"));
  for (const text of ["א\u200Fב", "می\u200Cخواهم", "👩\u200D💻"]) {
    assert.deepEqual(full_name.read(text), { value: text });
  }
  assert.deepEqual(bio.read("one\n\ttwo"), { value: "one\n\ttwo" });
});

Deno.test("no username has what cannot be seen in it", () => {
  const { username } = registerForm;
  for (const unseen of ["\u034F", "\u3164", "\u115F", "\uFFA0", "\uFE0F", "\u200B", "\u{E0041}"]) {
    assert.ok("error" in username.read(`gr${unseen}ace`), JSON.stringify(unseen));
  }
  for (const name of ["grace", "Zoë-李.1_x", "ก้อง"]) {
    assert.deepEqual(username.read(name), { value: name });
  }
});

Deno.test("a text that cannot fit is refused before its accents are put in order", () => {
  // Composing takes time with the square of their number.
  const accents = "\u0301\u0327".repeat(50_000);
  const { username } = registerForm;
  const { bio } = profileForm;
  const { normalize } = String.prototype;
  String.prototype.normalize = () => assert.fail("composed");
  try {
    for (const field of [username, bio]) {
      const checked = field.read(accents);
      assert.match("error" in checked ? checked.error : "", /at most \d+ fit$/);
    }
  } finally {
    String.prototype.normalize = normalize;
  }
});

Deno.test("a text with more marks on a letter than any language has is not composed", () => {
  const { bio } = profileForm;
  const { normalize } = String.prototype;
  String.prototype.normalize = () => assert.fail("composed");
  try {
    const checked = bio.read(`a${"\u0301".repeat(5_000)}${"\u0323".repeat(5_000)}`);
    assert.deepEqual(checked, { error: "Use fewer accents on one letter" });
  } finally {
    String.prototype.normalize = normalize;
  }
  const vietnamese = "Nguyễn Thị Thùy Dương".repeat(20);
  assert.deepEqual(bio.read(vietnamese.normalize("NFD")), { value: vietnamese });
});

Deno.test("a text fits if it does so once it is composed", () => {
  const { full_name } = profileForm;
  // Four characters become one.
  const composed = "\u1F82".repeat(120);
  assert.deepEqual(full_name.read(composed.normalize("NFD")), { value: composed });
});

Deno.test("an address is what browsers take for one, with a dot in its domain", () => {
  const { email } = registerForm;
  const taken = [
    "info@müller.example",
    "x@例え。jp",
    "a@b.co",
    "o'hara+x@sub-domain.example.org",
    "x_y@1.2",
    "!#$%&'*/=?^_`{|}~@a.b",
  ];
  for (const address of taken) assert.deepEqual(email.read(address), { value: address });
  const refused = [
    "a",
    "@b.co",
    "a@",
    "a@b",
    "a@b..co",
    "a@-b.co",
    "a@b-.co",
    "a b@c.de",
    "a@ü.de/x",
    "ä@b.de",
    "a@ü..de",
    "a@\u00AD.de",
    `a@${"ü".repeat(70)}.de`,
    "a@b.c d",
  ];
  for (const address of refused) assert.ok("error" in email.read(address), address);
});

Deno.test("a suspension may end on a day, at a time, or never", () => {
  const read = (text: string) => statusForm.until.read(text);
  assert.deepEqual(read(""), { value: undefined });
  assert.deepEqual(read("2999-01-31"), { value: new Date("2999-01-31T00:00:00Z") });
  assert.deepEqual(read("2999-01-31T12:00"), { value: new Date("2999-01-31T12:00:00Z") });
  assert.deepEqual(read("2999-01-31T12:00+01:00"), { value: new Date("2999-01-31T11:00:00Z") });
  for (const text of ["2000-01-01", "tomorrow", "2999-02-30", "31.1.2999", "1e9"]) {
    assert.ok("error" in read(text), text);
  }
});

Deno.test("every name and password of a form says to password managers what it is", () => {
  for (const [form, fields] of Object.entries(FORMS)) {
    for (const [name, { type, autocomplete }] of Object.entries(fields)) {
      if (type !== "password") continue;
      const expected = /current/.test(name) || form === "loginForm"
        ? "current-password"
        : "new-password";
      assert.equal(autocomplete, expected, `${form}.${name}`);
    }
  }
  for (const form of ["registerForm", "loginForm"]) {
    assert.equal(FORMS[form]?.username?.autocomplete, "username", form);
  }
});
