import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "@/lib/message_of.ts";
import {
  chromium,
  exim,
  haproxy,
  isRoot,
  nginx,
  openssl,
  pgbouncer,
  postgres,
  proftpd,
  type Program,
  vsftpd,
} from "./programs.ts";
import { tempFolder } from "./temp.ts";

/** Every program that tests run. */
const PROGRAMS = [postgres, pgbouncer, chromium, vsftpd, haproxy, nginx, openssl, proftpd, exim];

/**
 * Installs missing programs for the tests on Debian as root. Otherwise says what to do, and the
 * tests that need them are skipped.
 */
export async function installMissing(say: (sentence: string) => void): Promise<void> {
  const missing = PROGRAMS.filter((program) => !program.find());
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  if (isRoot() && existsSync("/usr/bin/apt-get")) {
    say(`Installing for the tests: ${names}`);
    try {
      await install(missing, say);
    } catch (error) {
      say(messageOf(error));
      say(`The tests that need what could not be installed are skipped: ${lackOf(missing)}`);
    }
    return;
  }
  say(`The tests that need one of these are skipped: ${names}`);
  if (missing.some(({ needsRoot }) => needsRoot)) {
    say("To run all, on Debian: sudo npx -y deno@2.9.6 task test");
  }
  const packages = packagesOf(missing.filter(({ needsRoot }) => !needsRoot));
  if (packages.length > 0) say(`To run more: sudo apt-get install ${packages.join(" ")}`);
}

function lackOf(programs: readonly Program[]): string {
  return programs.filter((program) => !program.find()).map(({ name }) => name).join(", ");
}

async function install(
  missing: readonly Program[],
  say: (sentence: string) => void,
): Promise<void> {
  const apt = (...args: string[]) => onceUnlocked(() => run("apt-get", args), say);
  await apt("update", "-qq");
  const packages = packagesOf(missing.filter(({ unpackedInto }) => !unpackedInto));
  if (packages.length > 0) {
    await apt("install", "-y", "-qq", "--no-install-recommends", ...packages);
  }
  for (const program of missing) {
    if (program.unpackedInto) await unpack(program, program.unpackedInto);
  }
}

/** apt's message while another process, such as a nightly upgrade, is running. */
const LOCKED = /Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock/;

const LOCK_PAUSE_MS = 3_000;
const LOCK_WAIT_MS = 15 * 60_000;

/** Repeats a command of apt while another process has its lock, for at most 15 minutes. */
export async function onceUnlocked(
  command: () => Promise<void>,
  say: (sentence: string) => void,
  pauseMs = LOCK_PAUSE_MS,
): Promise<void> {
  const end = performance.now() + LOCK_WAIT_MS;
  for (let isFirst = true;; isFirst = false) {
    try {
      return await command();
    } catch (error) {
      const isLocked = error instanceof Error && LOCKED.test(error.message);
      if (!isLocked || performance.now() > end) throw error;
      if (isFirst) say("Waiting for another process that installs programs");
      await pause(pauseMs);
    }
  }
}

function packagesOf(programs: readonly Program[]): string[] {
  return programs.flatMap(({ packages }) => packages);
}

/** Unpacks packages into a folder without installing them. */
async function unpack({ packages }: Program, folder: string): Promise<void> {
  await using downloads = await tempFolder();
  // apt downloads with its own account.
  await Deno.chmod(downloads.path, 0o777);
  await run("apt-get", ["download", "-qq", ...packages], downloads.path);
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(downloads.path)) {
    await run("dpkg", ["-x", `${downloads.path}/${name}`, folder]);
  }
}

/**
 * Runs a command.
 *
 * @throws {Error} with its output, if it fails.
 */
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
