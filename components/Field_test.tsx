import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { Field } from "@/components/Field.tsx";
import { profileForm } from "@/lib/shared/profile_form.ts";
import { accountForm } from "@/lib/shared/user_forms.ts";
import { registerForm } from "@/lib/shared/sign_in_forms.ts";

Deno.test("Field names its error to a screen reader and keeps what was typed", () => {
  const html = renderToString(
    <Field name="username" field={registerForm.username} value="a b" error="Use letters" />,
  );
  assert.match(html, /aria-invalid="true"/);
  assert.match(html, /aria-describedby="username_hint username_error"/);
  assert.match(html, /id="username_error">Use letters</);
  assert.match(html, /value="a b"/);
});

Deno.test("Field puts the rules of its declaration into the HTML", () => {
  const html = renderToString(<Field name="username" field={registerForm.username} />);
  assert.match(html, / required/);
  assert.match(html, /maxlength="64"/);
  assert.doesNotMatch(html, /aria-invalid/);
});

Deno.test("Field draws a text area around its text and escapes it", () => {
  const html = renderToString(
    <Field name="bio" field={profileForm.bio} value="</textarea><script>" />,
  );
  assert.match(html, /<textarea[^>]*>&lt;\/textarea>&lt;script><\/textarea>/);
});

Deno.test("Field selects the option that is the value", () => {
  const html = renderToString(<Field name="role" field={accountForm.role} value="admin" />);
  assert.match(html, /<option[^>]*value="admin"[^>]* selected/);
  assert.equal(html.match(/ selected/g)?.length, 1);
});

Deno.test("two forms on a page have different ids for the same field", () => {
  const html = renderToString(
    <Field name="email" field={accountForm.email} idPrefix="edit_7" error="Taken" />,
  );
  assert.match(html, /for="edit_7_email"/);
  assert.match(html, /id="edit_7_email_error"/);
});
