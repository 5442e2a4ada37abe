import { join } from "node:path";
import { openssl } from "./programs.ts";

/** Files of a certificate and its key, as PEM. */
export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Makes a self-signed certificate for the loopback addresses. */
export async function makeCertificate(folder: string, days = 2): Promise<CertificateFiles> {
  const certificateFile = join(folder, "certificate.pem");
  const keyFile = join(folder, "key.pem");
  await runOpenssl([
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" "),
    ...["-days", String(days)],
    ..."-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1".split(" "),
    ...["-out", certificateFile, "-keyout", keyFile],
  ]);
  return { certificateFile, keyFile };
}

/**
 * Runs OpenSSL and returns its output.
 *
 * @throws {Error} if it is not installed or fails.
 */
export async function runOpenssl(args: string[]): Promise<string> {
  const program = openssl.find();
  if (!program) throw new Error("OpenSSL is not installed");
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`openssl failed:\n${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
