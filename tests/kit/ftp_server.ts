import type { TempFolder } from "./temp.ts";
import { openssl } from "./programs.ts";

/** How an FTP server of the tests is set up. */
export interface FtpServerOptions {
  /** `required` refuses a sign-in without explicit TLS; `none` offers no TLS. Default: `required`. */
  readonly tls?: "required" | "none";
  /**
   * `required` refuses data connections that do not resume the TLS session of the control
   * connection. Default: `optional`.
   */
  readonly sessionReuse?: "required" | "optional";
}

/** A private FTP server on the loopback interface, with one account. */
export interface FtpServer extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** `FTP_URL` of the server: scheme, account, address and `/`. */
  readonly url: string;
  /** The server's certificate in PEM, which clients have to be told to trust. */
  readonly certificate: string;
  /** The folder on disk that the account sees as `/`. */
  readonly folder: string;
  /** What the server says of its sessions, for the message of a failed test. */
  output(): string;
  /** Ends the server and its sessions; `SIGKILL` as a crash does it. Files stay. */
  kill(signal?: Deno.Signal): Promise<void>;
  /** Starts it again on the same port with the same files. */
  restart(): Promise<void>;
}

/** The one account of the FTP servers of the tests. */
export const FTP_ACCOUNT = { user: "avatars", password: "correct horse" } as const;

/** `FTP_URL` of a server of the tests. */
export function ftpUrl(port: number, tls: "required" | "none"): string {
  const { user, password } = FTP_ACCOUNT;
  const scheme = tls === "required" ? "ftps" : "ftp";
  return `${scheme}://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/`;
}

/** A certificate for the loopback interface that is its own authority, and its key. */
export interface Certificate {
  readonly certificate: string;
  /** File with the certificate. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/**
 * Makes a certificate for 127.0.0.1 and localhost, good for two days.
 *
 * @throws {Error} if OpenSSL is not installed or fails.
 */
export async function makeCertificate(folder: TempFolder): Promise<Certificate> {
  const certificateFile = `${folder.path}/certificate.pem`;
  const keyFile = `${folder.path}/key.pem`;
  await runOpenssl([
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(" "),
    ..."-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1".split(" "),
    ...["-out", certificateFile, "-keyout", keyFile],
  ]);
  return { certificate: await Deno.readTextFile(certificateFile), certificateFile, keyFile };
}

/** A SHA-512 `crypt` hash, as FTP servers keep passwords in files. */
export async function hashPassword(password: string): Promise<string> {
  return (await runOpenssl(["passwd", "-6", password])).trim();
}

async function runOpenssl(args: string[]): Promise<string> {
  const program = openssl.find();
  if (!program) throw new Error("OpenSSL is not installed");
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`openssl failed:\n${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
