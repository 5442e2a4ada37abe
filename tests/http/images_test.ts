import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import sharp from "sharp";
import { appTest, serveApp, type TestApp } from "@/tests/kit/app.ts";
import type { Answer, TestClient } from "@/tests/kit/client.ts";
import { countQueries } from "@/tests/kit/counting.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { exhaust } from "@/tests/kit/limits.ts";
import { addPerson, type Person, signedIn } from "@/tests/kit/people.ts";
import { declaredPng, redAndBlue, sidewaysWithPosition } from "@/tests/storage/pictures.ts";

appTest(
  "PUT /edit_user with a picture answers with its URL, and /images serves it",
  async (app) => {
    const { image } = await upload(app, await redAndBlue("png"));
    const response = await fetch(new URL(image, app.origin));
    const bytes = await response.bytes();
    assert.equal(response.status, 200);
    assert.equal(image, `/images/${createHash("sha256").update(bytes).digest("hex")}.webp`);
    assert.deepEqual(
      ["content-type", "cache-control", "x-content-type-options", "content-disposition"]
        .map((name) => response.headers.get(name)),
      [
        "image/webp",
        "public, max-age=31536000, immutable",
        "nosniff",
        'inline; filename="avatar.webp"',
      ],
    );
    assert.match(response.headers.get("content-security-policy") ?? "", /sandbox/);
    const small = await fetch(new URL(image.replace(".webp", "-96.webp"), app.origin));
    assert.equal((await sharp(await small.bytes()).metadata()).width, 96);
  },
);

appTest("GET /images answers 304 to a client that has the picture", async (app) => {
  const { image, client } = await upload(app, await redAndBlue("jpeg"));
  const etag = (await client.get(image)).headers.get("etag") ?? "";
  const again = await client.get(image, { "if-none-match": etag });
  assert.deepEqual([again.status, again.text], [304, ""]);
});

appTest("GET /images answers 404 to unknown names", async (app) => {
  for (const name of ["x.webp", `${"0".repeat(64)}.webp`, "..%2fdeno.json", "%00"]) {
    assert.equal((await app.client().get(`/images/${name}`)).status, 404, name);
  }
});

databaseTest(
  "GET /images needs no database for a picture in memory",
  async (database) => {
    const { db, count } = countQueries(database.db);
    await using app = await serveApp(database, { adapt: () => ({ db }) });
    const { image, client } = await upload(app, await redAndBlue("png"));
    const before = count();
    assert.equal((await client.get(image)).status, 200);
    assert.equal(count(), before);
    await client.get("/profile");
    assert.ok(count() > before);
  },
);

appTest(
  "PUT /edit_user limits the pictures of a user per day, and says when to try again",
  async (app) => {
    const picture = await redAndBlue("png");
    const before = await upload(app, picture);
    await exhaust(app.services.limits.pictures, String(before.person.user_id));
    const answer = await put(app, before, await redAndBlue("png", 300, 900));
    assert.equal(answer.status, 429);
    assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    const user = await before.client.getJson(`/edit_user?user_id=${before.person.user_id}`);
    assert.equal(JSON.parse(user.text).image, before.image);
    const other = await addPerson(app, "heidi");
    const client = await signedIn(app, other);
    assert.equal((await put(app, { person: other, client }, picture)).status, 200);
  },
);

appTest("GET /images never reveals where a picture was taken", async (app) => {
  const { image } = await upload(app, await sidewaysWithPosition());
  const bytes = await (await fetch(new URL(image, app.origin))).bytes();
  assert.equal((await sharp(bytes).metadata()).exif, undefined);
});

appTest("a new picture replaces the old one, which is deleted", async (app) => {
  const first = await upload(app, await redAndBlue("png"));
  const answer = await put(app, first, await redAndBlue("png", 300, 900));
  const { image } = JSON.parse(answer.text);
  assert.notEqual(image, first.image);
  const { db } = app.services;
  const stored = await db.selectFrom("images").select("name").orderBy("name", "desc").execute();
  const large = image.replace("/images/", "");
  assert.deepEqual(stored.map(({ name }) => name).sort(), [
    large.replace(".webp", "-96.webp"),
    large,
  ]);
});

const HOSTILE: [string, number, () => Promise<Uint8Array> | Uint8Array][] = [
  ["an SVG", 415, () => text("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")],
  ["HTML", 415, () => text("<!doctype html><script>alert(1)</script>")],
  ["half a picture", 422, async () => (await redAndBlue("jpeg")).subarray(0, 500)],
  ["a declared 50,000 x 50,000", 422, () => declaredPng(50_000, 50_000, new Uint8Array(10))],
  ["6 MB", 413, () => new Uint8Array(6_000_000)],
];

for (const [name, status, make] of HOSTILE) {
  appTest(`PUT /edit_user answers ${status} to ${name}, and keeps the old avatar`, async (app) => {
    const before = await upload(app, await redAndBlue("webp"));
    const answer = await put(app, before, await make());
    assert.equal(answer.status, status, answer.text);
    const user = await before.client.getJson(`/edit_user?user_id=${before.person.user_id}`);
    assert.equal(JSON.parse(user.text).image, before.image);
  });
}

interface Uploaded {
  readonly person: Person;
  readonly client: TestClient;
  readonly image: string;
}

/** Uploads a picture for a new user. */
async function upload(app: TestApp, picture: Uint8Array): Promise<Uploaded> {
  const person = await addPerson(app, "grace");
  const client = await signedIn(app, person);
  const answer = await put(app, { person, client }, picture);
  assert.equal(answer.status, 200, answer.text);
  return { person, client, image: JSON.parse(answer.text).image };
}

async function put(
  app: TestApp,
  { person, client }: Pick<Uploaded, "person" | "client">,
  picture: Uint8Array,
): Promise<Answer> {
  const body = new FormData();
  body.set("user_id", String(person.user_id));
  // The claimed name and type do not count.
  body.set("image", new File([new Uint8Array(picture)], "../../me.png", { type: "image/png" }));
  const headers = { accept: "application/json", origin: app.origin };
  return await client.send("/edit_user", { method: "PUT", headers, body });
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
