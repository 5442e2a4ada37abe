import pg from "pg";
import { dirname, join } from "node:path";
import { findAccount } from "./accounts.ts";
import { makeCertificate } from "./certificate.ts";
import { freePort } from "./free_port.ts";
import { postgres } from "./programs.ts";
import { startServer } from "./server_process.ts";
import { folderInMemory, tempFolder } from "./temp.ts";

/** A temporary PostgreSQL server. Disposing it deletes it with all data. */
export interface PostgresCluster extends AsyncDisposable {
  /** Address of its `postgres` database, as a superuser. */
  readonly url: string;
  /** Its certificate, if it uses TLS. */
  readonly certificateFile?: string;
  /** The process whose children serve the connections. */
  readonly pid: number;
}

/** A database of a cluster. Disposing it drops it. */
export interface PostgresDatabase extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
}

/** No data of a test run must survive a power cut. */
const FAST_BUT_UNSAFE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/**
 * More than the data of a test run or a benchmark. In memory, the hundreds of files of a database
 * are created in a quarter of the time.
 */
const MOST_DATA_BYTES = 8 * 2 ** 30;

/**
 * Starts a separate PostgreSQL server on a free port of the loopback interface. It refuses to run
 * as root, so for root it runs as the account `postgres`.
 *
 * @param transport with TLS, its certificate is for 127.0.0.1 but not for 127.0.0.2
 * @throws {Error} if PostgreSQL is not installed or does not start.
 */
export async function startPostgres(
  transport: "plain" | "tls" = "plain",
): Promise<PostgresCluster> {
  const program = postgres.find();
  if (!program) throw new Error("PostgreSQL is not installed");
  const user = Deno.uid() === 0 ? await findAccount("postgres") : undefined;
  const folder = await tempFolder(user, await folderInMemory(MOST_DATA_BYTES));
  const data = join(folder.path, "data");
  await initialise(join(dirname(program), "initdb"), data, user);
  const certificate = transport === "tls" ? await makeCertificate(folder.path) : undefined;
  if (certificate && user) await Deno.chown(certificate.keyFile, user.uid, user.gid);
  const port = freePort();
  const settings = [
    ...FAST_BUT_UNSAFE,
    "listen_addresses=127.0.0.1,127.0.0.2",
    `port=${port}`,
    `unix_socket_directories=${folder.path}`,
    "max_connections=200",
    ...(certificate
      ? [
        "ssl=on",
        `ssl_cert_file=${certificate.certificateFile}`,
        `ssl_key_file=${certificate.keyFile}`,
      ]
      : []),
  ];
  const server = await startServer({
    program,
    args: ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    cwd: folder.path,
    ...(user && { user }),
    ready: { output: /database system is ready to accept connections/ },
  });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    pid: server.pid,
    ...(certificate && { certificateFile: certificate.certificateFile }),
    async [Symbol.asyncDispose]() {
      // "Fast shutdown": ends the sessions that are still open.
      await server.kill("SIGINT");
      await folder[Symbol.asyncDispose]();
    },
  };
}

/**
 * Creates a database in the cluster of `clusterUrl`, empty or as a copy of `template`. Nobody may
 * be connected to the template.
 *
 * @param options further options of `create database`
 */
export async function createPostgresDatabase(
  clusterUrl: string,
  template = "template0",
  options = "",
): Promise<PostgresDatabase> {
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await queryPostgres(clusterUrl, `create database ${name} template ${template} ${options}`);
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    [Symbol.asyncDispose]: () => queryPostgres(clusterUrl, `drop database ${name} with (force)`),
  };
}

async function initialise(initdb: string, data: string, user?: { uid: number; gid: number }) {
  const { success, stderr } = await new Deno.Command(initdb, {
    args: ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
    cwd: dirname(data),
    stdout: "null",
    ...user,
  }).output();
  if (!success) throw new Error(`initdb failed:\n${new TextDecoder().decode(stderr)}`);
}

/** Runs one statement in a separate connection. */
export async function queryPostgres(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
