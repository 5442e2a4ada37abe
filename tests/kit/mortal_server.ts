import type { ProductionBuild } from "./build.ts";
import { TestClient } from "./client.ts";
import { freePort } from "./free_port.ts";
import { type ServerProcess, startServer } from "./server_process.ts";

/** The server of the production build, which can be killed and started again. */
export class MortalServer {
  readonly #port = freePort();
  readonly origin = `http://127.0.0.1:${this.#port}`;
  #process: ServerProcess | undefined;

  constructor(
    private readonly build: ProductionBuild,
    private readonly databaseUrl: string,
    private readonly env: Record<string, string> = {},
  ) {}

  /** Starts it, again if it was killed. */
  async start(): Promise<void> {
    this.#process = await startServer({
      program: Deno.execPath(),
      args: [
        "serve",
        "-A",
        ...(this.databaseUrl.startsWith("postgres") ? ["--parallel"] : []),
        "--host=127.0.0.1",
        `--port=${this.#port}`,
        ...this.build.args,
      ],
      env: {
        APP_ENV: "test",
        APP_URL: this.origin,
        DATABASE_URL: this.databaseUrl,
        LOG_LEVEL: "error",
        ...this.env,
      },
      ready: { url: `${this.origin}/healthz` },
    });
  }

  /** Ends it. Does nothing before the first start. */
  async kill(signal: Deno.Signal): Promise<void> {
    await this.#process?.kill(signal);
  }

  /** Creates a browser. */
  client(): TestClient {
    return new TestClient(this.origin);
  }
}
