import assert from "node:assert/strict";
import { join } from "node:path";
import { makeCertificate } from "@/tests/kit/certificate.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { nginx } from "@/tests/kit/programs.ts";
import { startServer } from "@/tests/kit/server_process.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

/** nginx with the sample of `docs/deployment.md`. */
export interface DocumentedNginx extends AsyncDisposable {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly certificateFile: string;
  readonly logFile: string;
}

/** What is not as documented, besides ports, certificate and folders. */
export interface NginxOptions {
  readonly httpsPort?: number;
  /** Stands for `people.example.com`. */
  readonly host?: string;
  /** Where the application listens. */
  readonly applicationPort?: number;
  readonly certificateDays?: number;
  /** Changes of lines. */
  readonly change?: (sample: string) => string;
}

/** Runs nginx as documented on the loopback interface. */
export async function startDocumentedNginx({
  httpsPort = freePort(),
  host = "people.example.com",
  applicationPort = freePort(),
  certificateDays,
  change = (sample) => sample,
}: NginxOptions = {}): Promise<DocumentedNginx> {
  const folder = await tempFolder();
  const httpPort = freePort();
  const { certificateFile, keyFile } = await makeCertificate(folder.path, certificateDays);
  const logFile = join(folder.path, "access.log");
  const sample = change(await documentedServers())
    .replace(/listen \[::\].*;/g, "")
    .replace("listen 443", `listen 127.0.0.1:${httpsPort}`)
    .replace("listen 80", `listen 127.0.0.1:${httpPort}`)
    .replace("https://people.example.com", `https://${host}`)
    .replaceAll("people.example.com", host.split(":")[0] ?? "")
    .replace("127.0.0.1:8000", `127.0.0.1:${applicationPort}`)
    .replaceAll(/access_log .* without_query;/g, `access_log ${logFile} without_query;`)
    .replace(/ssl_certificate .*;/, `ssl_certificate ${certificateFile};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${keyFile};`);
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder.path}/${name};`).join("\n");
  const settings = join(folder.path, "nginx.conf");
  await Deno.writeTextFile(
    settings,
    `daemon off; master_process off; error_log stderr; pid ${folder.path}/nginx.pid;
events {}
http { access_log off; ${folders}
${sample} }`,
  );
  const running = await startServer({
    program: nginx.find()!,
    args: ["-p", folder.path, "-c", settings],
    ready: { port: httpPort },
  });
  return {
    httpPort,
    httpsPort,
    certificateFile,
    logFile,
    async [Symbol.asyncDispose]() {
      await running.kill();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function documentedServers(): Promise<string> {
  const text = await Deno.readTextFile("docs/deployment.md");
  return /^## nginx$\n+((?: {4}.*\n|\n)+)/m.exec(text)?.[1] ?? assert.fail("there is no sample");
}
