import { hashToken } from "@/lib/crypto/token.ts";
import { closeServices, openServices } from "@/lib/domain/open_services.ts";
import type { Services } from "@/lib/domain/services.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { readSettings } from "@/lib/settings.ts";
import type { Environment } from "@/lib/settings/env_file.ts";
import { createApp } from "@/lib/web/app.ts";
import { type Attach, loadBuild } from "./build.ts";
import { TestClient } from "./client.ts";
import { assertSound } from "./sound_answer.ts";
import { databaseTest, type TestDatabase, type TestNeeds } from "./databases.ts";

/** The application as it is served, over a database of the test's own. */
export interface TestApp extends AsyncDisposable {
  readonly origin: string;
  readonly services: Services;
  readonly database: TestDatabase;
  /** Another browser: cookies of its own. Each of its answers has to be {@linkcode assertSound}. */
  client(): TestClient;
}

/** The token of the link to the first admin, as a start prints it. */
export const SETUP_TOKEN = "token-of-the-tests";

/** What is special about the application of a test. */
export interface AppOptions extends Pick<TestNeeds, "pooled" | "unpooled"> {
  /** What the settings are read from, beside `APP_ENV` and `APP_URL`. */
  readonly environment?: Environment;
  /** Puts something of the test's own in the place of a service. */
  readonly adapt?: (services: Services) => Partial<Services>;
  /** What is served in the place of the test run's build. */
  readonly build?: Promise<Attach>;
}

/** Registers a test of the running application, once for each database. */
export function appTest(
  name: string,
  fn: (app: TestApp) => unknown,
  options: AppOptions = {},
): void {
  databaseTest(name, async (database) => {
    await using app = await serveApp(database, options);
    await fn(app);
  }, options);
}

/** Serves the build of the test run on a free port of the loopback interface. */
export async function serveApp(
  database: TestDatabase,
  { environment = {}, adapt = () => ({}), build = loadBuild() }: AppOptions = {},
): Promise<TestApp> {
  const attach = await build;
  let handler: Deno.ServeHandler = () => new Response(null, { status: 503 });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request, info) => handler(request, info),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const settings = readSettings({ APP_ENV: "test", APP_URL: origin, ...environment });
  const opened = await openServices(settings, database, createSilentLogger(), {
    setupHash: hashToken(SETUP_TOKEN),
  });
  const services = { ...opened, ...adapt(opened) };
  handler = await attach(createApp(services));
  return {
    origin,
    services,
    database,
    client: () => new TestClient(origin, assertSound),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await closeServices(services);
    },
  };
}
