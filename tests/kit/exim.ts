import { join } from "node:path";
import { findAccount } from "./accounts.ts";
import { makeCertificate } from "./certificate.ts";
import { freePort } from "./free_port.ts";
import { exim, EXIM_FOLDER, libraryFolders } from "./programs.ts";
import { startServer } from "./server_process.ts";
import { tempFolder } from "./temp.ts";

/** A mail server that keeps what it has accepted in its queue. Disposing it stops it. */
export interface Exim extends AsyncDisposable {
  /** For `SMTP_URL`. */
  readonly url: string;
  /** For `SMTP_CA_FILE`. */
  readonly certificateFile: string;
  /** Returns the accepted e-mails as they are in the queue: headers, then body. */
  received(): Promise<string[]>;
}

/** An address that is refused for now, and one that is refused for ever. */
export const LATER = "later@example.org";
export const NEVER = "never@example.org";

/**
 * Starts Debian's Exim, which takes e-mails with STARTTLS only.
 *
 * @throws {Error} if it was not fetched or does not start.
 */
export async function startExim(): Promise<Exim> {
  const program = exim.find();
  if (!program) throw new Error("Exim was not fetched, or the tests do not run as root");
  const user = await findAccount("nobody");
  const folder = await tempFolder(user);
  const home = folder.path;
  const { certificateFile, keyFile } = await makeCertificate(home);
  await Deno.chown(keyFile, user.uid, user.gid);
  const port = freePort();
  const file = join(home, "exim.conf");
  await Deno.writeTextFile(file, configuration(home, certificateFile, keyFile));
  const running = await startServer({
    program,
    args: ["-C", file, "-bdf", "-oX", String(port)],
    env: await namesOf(home, user),
    ready: { port },
  });
  return {
    url: `smtp://localhost:${port}`,
    certificateFile,
    received: () => readQueue(join(home, "spool/input")),
    async [Symbol.asyncDispose]() {
      await running.kill();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Debian's Exim gives its rights up for an account that installing it would make. */
async function namesOf(home: string, { uid, gid }: { uid: number; gid: number }) {
  const passwords = join(home, "passwd");
  const groups = join(home, "group");
  await Deno.writeTextFile(
    passwords,
    `root:x:0:0::/:/bin/sh\nDebian-exim:x:${uid}:${gid}::/:/bin/false\n`,
  );
  await Deno.writeTextFile(groups, `root:x:0:\nDebian-exim:x:${gid}:\n`);
  const folders = libraryFolders(EXIM_FOLDER);
  return {
    LD_LIBRARY_PATH: folders.join(":"),
    LD_PRELOAD: "libnss_wrapper.so",
    NSS_WRAPPER_PASSWD: passwords,
    NSS_WRAPPER_GROUP: groups,
  };
}

/** @see https://www.exim.org/exim-html-current/doc/html/spec_html/ */
function configuration(home: string, certificateFile: string, keyFile: string): string {
  return `
queue_only
spool_directory = ${home}/spool
log_file_path = ${home}/%slog
pid_file_path = ${home}/pid
primary_hostname = localhost
local_interfaces = 127.0.0.1
keep_environment =
tls_advertise_hosts = *
tls_certificate = ${certificateFile}
tls_privatekey = ${keyFile}
acl_smtp_rcpt = recipient

begin acl
recipient:
  deny !encrypted = *
       message = Begin TLS first
  defer local_parts = later
        message = The mailbox is busy
  deny local_parts = never
       message = There is no such mailbox
  accept
`;
}

/** The names of a queued e-mail's files end with `-H` (headers) and `-D` (body). */
async function readQueue(folder: string): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder)).catch(() => []))
    .map(({ name }) => name).filter((name) => name.endsWith("-H")).sort();
  return await Promise.all(names.map(async (name) => {
    const headers = await Deno.readTextFile(join(folder, name));
    return headers + await Deno.readTextFile(join(folder, name.replace(/H$/, "D")));
  }));
}
