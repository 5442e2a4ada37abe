import { createPasswordJudge, type PasswordJudge } from "@/lib/crypto/password_judge.ts";
import { hashToken } from "@/lib/crypto/token.ts";
import { closeServices, openServices } from "@/lib/domain/open_services.ts";
import type { Services } from "@/lib/domain/services.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { readSettings } from "@/lib/settings.ts";
import type { Environment } from "@/lib/settings/env_file.ts";
import { createApp } from "@/lib/web/app.ts";
import { type Attach, loadBuild } from "./build.ts";
import { createCheapPasswordHasher } from "./cheap_passwords.ts";
import { TestClient } from "./client.ts";
import { type Mailbox, openMailbox } from "./mailbox.ts";
import { assertSound } from "./sound_answer.ts";
import { tempFolder } from "./temp.ts";
import { databaseTest, type TestDatabase, type TestNeeds } from "./databases.ts";

/** The served application, with the test's own database. */
export interface TestApp extends AsyncDisposable {
  readonly origin: string;
  readonly services: Services;
  readonly database: TestDatabase;
  /** Folder of the e-mails if there is no mail server. */
  readonly outbox: string;
  /** Creates another browser, with its own cookies. Checks each answer with {@linkcode assertSound}. */
  client(): TestClient;
}

/** The token of the link for the first admin. */
export const SETUP_TOKEN = "token-of-the-tests";

/** Options of a test's application. */
export interface AppOptions extends Pick<TestNeeds, "pooled" | "unpooled"> {
  /** The test is about statements, races or errors, in which the databases may differ. */
  readonly everyDatabase?: boolean;
  /** Settings besides `APP_ENV` and `APP_URL`. */
  readonly environment?: Environment;
  /** Replaces services with the test's own. */
  readonly adapt?: (services: Services) => Partial<Services>;
  /** A build to serve instead of the test run's. */
  readonly build?: Promise<Attach>;
}

/** One judge serves all applications of a module: its dictionaries take half a second to load. */
let judge: PasswordJudge | undefined;

Deno.test.afterAll(() => judge?.close());

function sharedJudge(): PasswordJudge {
  const { judge: ask } = judge ??= createPasswordJudge(createSilentLogger());
  return { judge: ask, close() {} };
}

/** Registers a test of the running application. */
export function appTest(
  name: string,
  fn: (app: TestApp) => unknown,
  options: AppOptions = {},
): void {
  databaseTest(name, async (database) => {
    await using app = await serveApp(database, options);
    await fn(app);
  }, needsOf(options));
}

function needsOf({ everyDatabase = false, ...needs }: AppOptions): TestNeeds {
  return { ...needs, anyDatabase: !everyDatabase };
}

/** Registers a test of an application that sends e-mails and requires verified addresses. */
export function mailAppTest(
  name: string,
  fn: (app: TestApp, mailbox: Mailbox) => Promise<void>,
  { environment, ...options }: AppOptions = {},
): void {
  databaseTest(name, async (database) => {
    await using mailbox = openMailbox();
    const smtp = { SMTP_URL: mailbox.url, MAIL_FROM: "roster@example.org" };
    await using app = await serveApp(database, {
      ...options,
      environment: { ...smtp, ...environment },
    });
    await fn(app, mailbox);
  }, needsOf(options));
}

/** Serves the build of the test run on a free port of the loopback interface. */
export async function serveApp(
  database: TestDatabase,
  { environment = {}, adapt = () => ({}), build = loadBuild() }: AppOptions = {},
): Promise<TestApp> {
  const attach = await build;
  const folder = await tempFolder();
  let handler: Deno.ServeHandler = () => new Response(null, { status: 503 });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request, info) => handler(request, info),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const settings = readSettings({
    APP_ENV: "test",
    APP_URL: origin,
    SECRET_KEY: "the secret key of the tests is long enough",
    ...environment,
  });
  const opened = {
    ...await openServices(settings, database, createSilentLogger(), {
      setupHash: hashToken(SETUP_TOKEN),
      outbox: folder.path,
    }),
    passwords: createCheapPasswordHasher(),
    strength: sharedJudge(),
  };
  const services = { ...opened, ...adapt(opened) };
  handler = await attach(createApp(services));
  return {
    origin,
    services,
    database,
    outbox: folder.path,
    client: () => new TestClient(origin, assertSound),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await closeServices(services);
      await folder[Symbol.asyncDispose]();
    },
  };
}
