import { existsSync } from "node:fs";
import {
  chromium,
  haproxy,
  isRoot,
  openssl,
  pgbouncer,
  postgres,
  proftpd,
  PROFTPD_FOLDER,
  type Program,
  vsftpd,
} from "./programs.ts";
import { tempFolder } from "./temp.ts";

/** Programs that Debian installs side by side. */
const INSTALLED = [postgres, pgbouncer, chromium, vsftpd, haproxy, openssl];

/**
 * Installs what the tests need and this machine lacks, if it is a Debian and this is root; says
 * what to do otherwise. Those tests are skipped then.
 */
export async function installMissing(say: (sentence: string) => void): Promise<void> {
  const missing = [...INSTALLED, proftpd].filter((program) => !program.find());
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  if (isRoot() && existsSync("/usr/bin/apt-get")) {
    say(`Installing for the tests: ${names}`);
    await install(missing);
    return;
  }
  say(`The tests that need one of these are skipped: ${names}`);
  if (missing.some(({ needsRoot }) => needsRoot)) {
    say("To run all, on Debian: sudo npx -y deno@2.9.6 task test");
  }
  const packages = packagesOf(missing.filter(({ needsRoot }) => !needsRoot));
  if (packages.length > 0) say(`To run more: sudo apt-get install ${packages.join(" ")}`);
}

async function install(missing: readonly Program[]): Promise<void> {
  await run("apt-get", ["update", "-qq"]);
  const packages = packagesOf(missing.filter((program) => program !== proftpd));
  if (packages.length > 0) {
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages]);
  }
  if (missing.includes(proftpd)) await unpack(proftpd, PROFTPD_FOLDER);
}

function packagesOf(programs: readonly Program[]): string[] {
  return programs.flatMap(({ packages }) => packages);
}

/** Lays the files of packages into a folder without installing them. */
async function unpack({ packages }: Program, folder: string): Promise<void> {
  await using downloads = await tempFolder();
  // apt downloads as an account of its own.
  await Deno.chmod(downloads.path, 0o777);
  await run("apt-get", ["download", "-qq", ...packages], downloads.path);
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(downloads.path)) {
    await run("dpkg", ["-x", `${downloads.path}/${name}`, folder]);
  }
}

/** @throws {Error} with what the command wrote, if it fails. */
async function run(command: string, args: string[], cwd = "/"): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    env: { DEBIAN_FRONTEND: "noninteractive" },
  }).output();
  if (success) return;
  const written = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new Error(`${command} ${args.join(" ")} failed:\n${written}`);
}
