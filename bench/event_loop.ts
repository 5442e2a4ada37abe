import { join } from "node:path";
import { migrateUp } from "@/lib/db/migrator.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { closeServices, openServices } from "@/lib/domain/open_services.ts";
import { seedUsers } from "@/lib/domain/operation/seed_users.ts";
import type { Services } from "@/lib/domain/services.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { readSettings } from "@/lib/settings.ts";
import { SERVER_V8_FLAGS } from "@/lib/cli/v8_flags.ts";
import { prepareProduction, type ProductionBuild } from "@/tests/kit/build.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { startPostgres } from "@/tests/kit/postgres.ts";
import { startServer } from "@/tests/kit/server_process.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { AWKWARD_PNG, HARD_PASSWORDS, STACKED_ACCENTS } from "@/tests/kit/worst_input.ts";
import { photograph, uploadRequest } from "./kit/avatar_upload.ts";
import type { BenchRequest } from "./kit/load.ts";
import { APP_URL, cookieOf, listActiveUsers } from "./kit/roster.ts";
import type { Measurement, Suite } from "./kit/suite.ts";

const USERS = 100_000;
const OPEN_JOBS = 100_000;
const IMPORTED = 100_000;
/** Maintenance begins a second after the start, and again a minute later. */
const MAINTENANCE_MS = 70_000;
const TARGET = { atMost: 50 };

const ROOT = join(import.meta.dirname!, "..");

/** How long the server is blocked. */
export const eventLoop: Suite = {
  summary: "The longest time that a request, a task or maintenance keeps the event loop busy",
  async run(tell) {
    await using build = await prepareProduction();
    await using folder = await tempFolder();
    await measureDatabase("embedded", `pglite:${folder.path}/db`, build, tell);
    await using cluster = await startPostgres();
    await measureDatabase("PostgreSQL", cluster.url, build, tell);
  },
};

/** A server that reports how long its event loop was blocked. */
interface WatchedServer extends AsyncDisposable {
  readonly port: number;
  /** Longest block since the last call, in milliseconds of processor time. */
  takeLongest(): Promise<number>;
}

/** Loads on the server by name. */
type Loads = Readonly<Record<string, () => Promise<unknown>>>;

async function measureDatabase(
  kind: string,
  url: string,
  build: ProductionBuild,
  tell: (measurement: Measurement) => void,
): Promise<void> {
  const env = { APP_ENV: "production", APP_URL, DATABASE_URL: url, LOG_LEVEL: "error" };
  const prepared = await prepare(env);
  await using server = await serveWatched(build, env);
  let worst = { name: "nothing", value: 0 };
  for (const [name, load] of Object.entries(loadsOn(server.port, env, prepared))) {
    await server.takeLongest();
    await load();
    const value = await server.takeLongest();
    if (value > worst.value) worst = { name, value };
    tell({ name: `event_loop: ${kind}, ${name}`, value, unit: "ms", target: TARGET });
  }
  const name = `event_loop: ${kind}, longest of all, by ${worst.name}`;
  tell({ name, value: worst.value, unit: "ms", target: TARGET });
}

/** Requests of signed-in users, prepared before the server owns the database. */
interface Prepared {
  readonly adminCookie: string;
  readonly userCookie: string;
  readonly userId: number;
  readonly uploads: Readonly<Record<string, BenchRequest>>;
}

async function prepare(env: Record<string, string>): Promise<Prepared> {
  const settings = readSettings(env);
  await using stack = new AsyncDisposableStack();
  const database = await openDatabase(settings.database);
  stack.defer(() => database.close());
  await migrateUp(database.db);
  const services = await openServices(settings, database, createSilentLogger());
  stack.defer(() => closeServices(services));
  await seedUsers(services, { kind: "task", name: "bench" }, { count: USERS, seed: 1 });
  const ids = await services.db.selectFrom("users").select("id").limit(OPEN_JOBS).execute();
  await inTransaction(
    services.db,
    (tx) => insertJobs(tx, ids.map(({ id }) => ({ kind: "user_created", user_id: id }))),
  );
  const [admin, user] = await listActiveUsers(services.db, 2);
  await services.db.updateTable("users").set({ role: "admin" }).where("id", "=", admin!.id)
    .execute();
  return {
    adminCookie: await cookieOf(services, admin!.id),
    userCookie: await cookieOf(services, user!.id),
    userId: user!.id,
    uploads: await uploadsOf(services, user!.id),
  };
}

async function uploadsOf(services: Services, userId: number) {
  const photo = await photograph({ width: 7_000, height: 5_700 });
  const almostEnds = new TextEncoder().encode(`\xff\xd8\xff${"\r\n--".repeat(1_250_000)}`);
  const pictures = {
    "the first picture, which loads the decoder": await photograph({ width: 100, height: 100 }),
    "the largest picture": photo,
    "a PNG of empty chunks": AWKWARD_PNG,
    "a picture of what almost ends a part": almostEnds,
  };
  const requests: Record<string, BenchRequest> = {};
  for (const [name, picture] of Object.entries(pictures)) {
    requests[name] = await uploadRequest(services, userId, picture);
  }
  return requests;
}

async function serveWatched(
  build: ProductionBuild,
  env: Record<string, string>,
): Promise<WatchedServer> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  const [port, probe] = [freePort(), freePort()];
  const where = ["--host=127.0.0.1", `--port=${port}`];
  const [config, served] = build.args;
  const entry = `${folder.path}/watched.js`;
  await Deno.writeTextFile(
    entry,
    `import "file://${ROOT}/tests/kit/loop_probe.ts";\n` +
      `export { default } from "file://${served}";\n`,
  );
  const server = await startServer({
    program: Deno.execPath(),
    args: ["serve", "-A", SERVER_V8_FLAGS, ...where, config!, entry],
    env: { ...env, LOOP_PROBE_PORT: String(probe) },
    ready: { port },
  });
  stack.defer(() => server.kill("SIGKILL"));
  const kept = stack.move();
  return {
    port,
    takeLongest: async () => Number(await (await fetch(`http://127.0.0.1:${probe}`)).text()),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_BODY = { "content-type": "application/json" };

function loadsOn(port: number, env: Record<string, string>, prepared: Prepared): Loads {
  const { adminCookie, userCookie, userId, uploads } = prepared;
  const ask = async ({ path, headers = {}, ...init }: BenchRequest) => {
    const all = { origin: APP_URL, accept: "text/html", ...headers };
    const body = typeof init.body === "string" ? init.body : new Uint8Array(init.body ?? []);
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: all,
      redirect: "manual",
      method: init.method ?? "GET",
      ...(init.body !== undefined && { body }),
    });
    await response.bytes();
    const refused = headers.cookie?.includes("session=") &&
      ([401, 403].includes(response.status) ||
        response.headers.get("location")?.startsWith("/login"));
    if (refused) throw new Error(`${path} needs a signed-in user`);
  };
  const post = (path: string, body: string, headers = FORM) =>
    ask({ path, method: "POST", headers, body });
  const asAdmin = (path: string) => () => ask({ path, headers: { cookie: adminCookie } });
  const asUser = (fields: Record<string, unknown>) =>
    ask({
      path: "/edit_user",
      method: "PUT",
      headers: { ...JSON_BODY, cookie: userCookie },
      body: JSON.stringify({ user_id: userId, ...fields }),
    });
  return {
    [`${OPEN_JOBS.toLocaleString("en")} open jobs and maintenance`]: () =>
      new Promise((resolve) => setTimeout(resolve, MAINTENANCE_MS)),
    "GET /login": () => ask({ path: "/login" }),
    "GET /login, 16 KB of cookies": () =>
      ask({ path: "/login", headers: { cookie: "a=%41; ".repeat(2_300) } }),
    "GET, address of 20 KB": () => ask({ path: `/${"a/".repeat(10_000)}` }),
    "POST /login, 9,000 fields": () =>
      post("/login", Array.from({ length: 9_000 }, (_, i) => `k${i}=`).join("&")),
    "POST /login, deep JSON": () => post("/login", `{"a":${"[".repeat(60_000)}`, JSON_BODY),
    "POST /login, 40 at once": () =>
      Promise.all(Array.from({ length: 40 }, () =>
        post(
          "/login",
          "username=nobody&password=" + "%E1%B8%AB".repeat(256),
        ))),
    "POST /register, the hardest passwords": () =>
      Promise.all(HARD_PASSWORDS.flatMap((password, i) =>
        Array.from({ length: 5 }, (_, j) =>
          post(
            "/register",
            String(
              new URLSearchParams({
                username: `bench${i}x${j}`,
                email: `bench${i}x${j}@example.org`,
                password,
                password2: password,
              }),
            ),
          ))
      )),
    "GET /email_exists": () => ask({ path: `/email_exists?email=${"a".repeat(60)}@example.org` }),
    "PUT /edit_user, stacked accents": () => asUser({ bio: STACKED_ACCENTS }),
    "PUT /edit_user, the longest texts": () => asUser({ bio: "ḫ".repeat(2_000) }),
    ...Object.fromEntries(
      Object.entries(uploads).map(([name, request]) => [
        `PUT /edit_user, ${name}`,
        () => ask(request),
      ]),
    ),
    "GET /profile": () => ask({ path: "/profile", headers: { cookie: userCookie } }),
    "GET /user_list, 100 rows": asAdmin("/user_list?limit=100"),
    "GET /user_list, a search that finds nobody": asAdmin("/user_list?q=zzzzqq"),
    "GET /user_list, a search that finds many": asAdmin("/user_list?q=ron&limit=100"),
    "GET /admin": asAdmin("/admin"),
    "GET /deleted_users": asAdmin("/deleted_users"),
    "deno task doctor": () => runTask(env, "doctor.ts"),
    [`deno task import-users, ${IMPORTED.toLocaleString("en")} rows`]: () => importUsers(env),
  };
}

async function importUsers(env: Record<string, string>): Promise<void> {
  await using folder = await tempFolder();
  const file = `${folder.path}/users.csv`;
  const rows = Array.from(
    { length: IMPORTED },
    (_, i) => `${i + 1},imported${i},imported${i}@example.net,2,1`,
  );
  await Deno.writeTextFile(file, ["id,username,email,role,status", ...rows].join("\n"));
  await runTask(env, "import-users.ts", file);
}

/** Runs a task. @throws {Error} with its output if it fails. */
async function runTask(env: Record<string, string>, file: string, ...args: string[]) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${ROOT}/tasks/${file}`, ...args],
    env,
    stdin: "null",
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success) throw new Error(`${file} failed:\n${said}`);
}
