import assert from "node:assert/strict";
import { findImage } from "@/lib/domain/images/images.ts";
import { databaseTest } from "../kit/databases.ts";
import { redAndBlue } from "../storage/pictures.ts";
import { importedBy, importTables, lineOf, servicesOver, user } from "./flask.ts";

databaseTest(
  "an import drops a zip code or phone that may not be one here, and reports what it was",
  async (database) => {
    const services = await servicesOver(database);
    const report = await importTables(services, {
      users: [user(1, "ada"), user(2, "bea")],
      user_profiles: [
        { id: 1, user: 1, zipcode: "@@@###", phone: "not a phone" },
        { id: 2, user: 2, zipcode: "SW1A 1AA", phone: "+44 (0)20/555-0100 x.7" },
      ],
    });
    const users = await importedBy(services);
    assert.deepEqual([users.get("ada")?.zipcode, users.get("ada")?.phone], ["", ""]);
    assert.deepEqual([users.get("bea")?.zipcode, users.get("bea")?.phone], [
      "SW1A 1AA",
      "+44 (0)20/555-0100 x.7",
    ]);
    const reasons = lineOf(report, 1)?.reasons.join() ?? "";
    assert.match(reasons, /zipcode: dropped "@@@###"/);
    assert.match(reasons, /phone: dropped "not a phone"/);
    assert.deepEqual(lineOf(report, 2)?.reasons, []);
  },
  { anyDatabase: true },
);

databaseTest(
  "a profile goes to the user whom it names, and never to the one with its own id",
  async (database) => {
    const services = await servicesOver(database);
    const report = await importTables(services, {
      users: [user(1, "ada"), user(2, "bea"), user(3, "cleo")],
      user_profiles: [
        { id: 1, user: 2, full_name: "Bea" },
        { id: 2, user: 99, full_name: "Nobody" },
        { id: 3, user: null, full_name: "Null" },
        { id: 4, user: 2, full_name: "Second of Bea" },
      ],
    });
    const users = await importedBy(services);
    assert.equal(users.get("ada")?.full_name, "");
    assert.equal(users.get("bea")?.full_name, "Bea");
    assert.equal(users.get("cleo")?.full_name, "");
    const profiles = report.lines.filter((line) => line.table === "user_profiles");
    assert.deepEqual(profiles.map((line) => [line.id, line.outcome, line.reasons[0]]), [
      ["2", "skipped", "The profile names user 99, who does not exist"],
      ["3", "skipped", "The profile names no user"],
      ["4", "skipped", "User 2 has a profile with a lower id, which was imported"],
    ]);
  },
  { anyDatabase: true },
);

databaseTest(
  "a profile whose user id several users have goes to none of them",
  async (database) => {
    const services = await servicesOver(database);
    const report = await importTables(services, {
      users: [user(5, "ada"), user(5, "bea")],
      user_profiles: [{ id: 1, user: 5, full_name: "Ada or Bea" }],
    });
    const users = await importedBy(services);
    assert.deepEqual([...users.values()].map((one) => one.full_name), ["", ""]);
    assert.match(report.lines.at(-1)?.reasons[0] ?? "", /several users have this id/);
  },
  { anyDatabase: true },
);

databaseTest(
  "text that does not fit into a profile is cut, and the report contains the rest",
  async (database) => {
    const services = await servicesOver(database);
    const bio = "b".repeat(2_000);
    const report = await importTables(services, {
      users: [user(1, "ada")],
      user_profiles: [{
        id: 1,
        user: 1,
        bio: `${bio}the end`,
        email: "nowhere",
        website: "javascript:1",
      }],
    });
    const ada = (await importedBy(services)).get("ada");
    assert.equal(ada?.bio, bio);
    assert.equal(ada?.website, "");
    assert.equal(ada?.contact, "ada@example.com");
    const reasons = lineOf(report, 1)?.reasons.join("\n") ?? "";
    for (const lost of ['without "the end"', '"nowhere"', '"javascript:1"']) {
      assert.ok(reasons.includes(lost), lost);
    }
  },
  { anyDatabase: true },
);

databaseTest(
  "photos are imported from BLOBs, base64 and data URLs, and only bad ones are lost",
  async (database) => {
    const services = await servicesOver(database);
    const png = new Uint8Array(await redAndBlue("png"));
    const photos = [
      png,
      png.toBase64(),
      `data:image/png;base64,${png.toBase64()}`,
      `\\x${png.toHex()}`,
      new TextEncoder().encode(png.toBase64()),
      png.slice(0, 60),
      "/static/uploads/me.png",
      "/static/assets/img/user/avatar-5.jpg",
      new Uint8Array(),
    ];
    const report = await importTables(services, {
      users: photos.map((_, index) => user(index + 1, `user${index + 1}`)),
      user_profiles: photos.map((image, index) => ({ id: index + 50, user: index + 1, image })),
    });
    const users = [...(await importedBy(services)).values()];
    const [first] = users;
    assert.match(first?.image ?? "", /^\/images\/[0-9a-f]{64}\.webp$/);
    assert.deepEqual(
      users.map((one) => one.image),
      [...Array.from({ length: 5 }, () => first?.image), null, null, null, null],
    );
    const name = first?.image?.slice("/images/".length) ?? "";
    assert.equal((await findImage(services.db, services.images, name)).kind, "bytes");
    assert.equal(lineOf(report, 6)?.reasons[0], "image: left out, it is damaged");
    assert.match(lineOf(report, 7)?.reasons[0] ?? "", /is a file of the old server/);
    assert.deepEqual([8, 9].map((id) => lineOf(report, id)?.outcome), ["imported", "imported"]);
  },
  { anyDatabase: true },
);
