import { findAccount } from "./accounts.ts";
import { freePort } from "./free_port.ts";
import { pgbouncer } from "./programs.ts";
import { startServer } from "./server_process.ts";
import { tempFolder } from "./temp.ts";

/** A pooler for a PostgreSQL server. Disposing it stops it. */
export interface Pooler extends AsyncDisposable {
  /** Its port on the loopback interface. */
  readonly port: number;
}

/**
 * Starts PgBouncer in transaction mode for the server at `url`, otherwise with Debian's
 * configuration. It refuses to run as root, so for root it runs as the account `postgres`.
 *
 * @throws {Error} if PgBouncer is not installed or does not start.
 */
export async function startPgBouncer(url: string): Promise<Pooler> {
  const program = pgbouncer.find();
  if (!program) throw new Error("PgBouncer is not installed");
  const user = Deno.uid() === 0 ? await findAccount("postgres") : undefined;
  const folder = await tempFolder(user);
  const port = freePort();
  const server = new URL(url);
  const users = `${folder.path}/users`;
  const settings = `${folder.path}/pgbouncer.ini`;
  await Deno.writeTextFile(users, `"${server.username}" ""\n`);
  await Deno.writeTextFile(
    settings,
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
pool_mode = transaction
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
`,
  );
  const running = await startServer({
    program,
    args: [settings],
    cwd: folder.path,
    ...(user && { user }),
    ready: { port },
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      // "Immediate shutdown".
      await running.kill("SIGTERM");
      await folder[Symbol.asyncDispose]();
    },
  };
}
