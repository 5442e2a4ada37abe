import { photograph, upload, uploadRequest } from "./kit/avatar_upload.ts";
import { MANY, ratioOf } from "./kit/compare.ts";
import { sendRequests } from "./kit/load.ts";
import { cookieOf, listActiveUsers, serveRoster } from "./kit/roster.ts";
import { requestsPerCpuSecond, serveBareTwin } from "./kit/server.ts";
import type { Suite } from "./kit/suite.ts";

const PRESSURE = { connections: 32, durationMs: 250 };

/** A picture of 3 megapixels. */
const PHOTOGRAPH = { width: 2000, height: 1500 };

/** Enough users that none exceeds the daily upload limit. */
const USERS = 32;
/** Simultaneous uploads. */
const UPLOADERS = 8;
const UPLOADS_MS = 8_000;

/** Avatars, downloaded and uploaded. */
export const images: Suite = {
  summary: "GET /images/KEY from memory against a bare Deno.serve, and uploads a second",
  async run(tell) {
    await using roster = await serveRoster({ users: 100 });
    const users = await listActiveUsers(roster.services.db, USERS);
    const photographs = await Promise.all(users.map(() => photograph(PHOTOGRAPH)));
    const requests = await Promise.all(
      users.map(({ id }, index) => uploadRequest(roster.services, id, photographs[index]!)),
    );
    const path = await upload(roster.server.port, requests[0]!);
    // As pages request them, with the cookie of a signed-in user.
    const picture = { path, headers: { cookie: await cookieOf(roster.services, users[0]!.id) } };
    await using bare = await serveBareTwin(roster.server.port, picture);
    const value = await ratioOf(
      () => requestsPerCpuSecond(roster.server, [picture], PRESSURE),
      () => requestsPerCpuSecond(bare, [picture], PRESSURE),
      MANY,
    );
    const of = "a bare Deno.serve, requests/s";
    tell({ name: "images: GET /images/KEY from memory", value, unit: "ratio", of });
    const pressure = { connections: UPLOADERS, durationMs: UPLOADS_MS };
    const { count, seconds } = await sendRequests(roster.server.port, requests, pressure);
    tell({ name: "images: uploads of 3 megapixels", value: count / seconds, unit: "uploads/s" });
  },
};
