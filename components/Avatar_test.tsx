import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { Avatar } from "@/components/Avatar.tsx";

const user = { user_id: 12, username: "ada.n", full_name: "Ada Lovelace Nilsson", image: null };

Deno.test("Avatar without a picture shows the initials of the first and the last name", () => {
  assert.match(renderToString(<Avatar {...user} />), />AN<\/span>/);
});

Deno.test("Avatar of a user without a name shows the initials of the username", () => {
  assert.match(renderToString(<Avatar {...user} full_name="" />), />AN<\/span>/);
});

Deno.test("Avatar does not cut a character in two", () => {
  assert.match(renderToString(<Avatar {...user} full_name="𝒜da" />), />𝒜<\/span>/);
});

Deno.test("Avatar keeps its colour when the name changes", () => {
  const ground = (name: string) =>
    /avatar-\d/.exec(renderToString(<Avatar {...user} full_name={name} />))?.[0];
  assert.ok(ground("Ada"));
  assert.equal(ground("Ada"), ground("Zoe"));
});

Deno.test("Avatar takes the small picture for lists and the large one for the profile", () => {
  const key = "ab".repeat(32);
  const image = `/images/${key}.webp`;
  assert.match(renderToString(<Avatar {...user} image={image} />), new RegExp(`${key}-96.webp`));
  assert.match(renderToString(<Avatar {...user} image={image} size="large" />), /src="[^"-]*webp/);
});
