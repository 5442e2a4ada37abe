import { resolve } from "node:path";
import { loadArgon2, webCryptoArgon2 } from "@/lib/crypto/argon2.ts";
import { FolderLock } from "@/lib/db/folder_lock.ts";
import { findServerVersion } from "@/lib/repo/server.ts";
import { listUsers } from "@/lib/repo/user_list.ts";
import { listUsersWithSharedNames } from "@/lib/repo/users.ts";
import type { Settings } from "@/lib/settings.ts";
import type { ServiceStateView } from "@/lib/shared/views.ts";
import { canReadPictures } from "@/lib/storage/picture.ts";
import { checkServices } from "./service_states.ts";
import type { Services } from "./services.ts";

/** What one check has found. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warn" | "fail";
  readonly detail: string;
  /** What to do about it; absent where all is well. */
  readonly advice?: string;
}

/** Looks at everything that the application needs, and says what to do about what is missing. */
export async function diagnose(services: Services): Promise<Finding[]> {
  const { settings, db } = services;
  const states = await checkServices(services);
  const findings = [
    ok("Version", await findServerVersion(db)),
    await checkFolder(settings),
    ...states.map((state) => ofService(state, settings)),
    ...checkAddress(settings),
    await checkPictures(),
    await checkPasswords(),
  ];
  const isReady = states.every(({ name, state }) => name !== "Database" || state === "ok");
  if (!isReady) return findings;
  return [...findings, await checkAdmins(services), ...await checkNames(services)];
}

function ok(check: string, detail: string): Finding {
  return { check, state: "ok", detail };
}

function warn(check: string, detail: string, advice: string): Finding {
  return { check, state: "warn", detail, advice };
}

const FAILURE_ADVICE: Readonly<Record<string, string>> = {
  Database: "Run deno task migrate",
  FTP: "Start the FTP server, or mend FTP_URL; until then images are kept in the database",
  Mail: "Start the mail server, or mend SMTP_URL",
};

function ofService({ name, state, detail }: ServiceStateView, { appEnv }: Settings): Finding {
  if (state === "failed") {
    return { check: name, state: "fail", detail, advice: FAILURE_ADVICE[name] ?? "Mend it" };
  }
  return name === "Mail" && state === "off" && appEnv === "production"
    ? warn(name, detail, "Set SMTP_URL and MAIL_FROM, so that letters reach people")
    : ok(name, detail);
}

/** Whether the data last, and who has the folder. */
async function checkFolder({ database }: Settings): Promise<Finding> {
  if (database.kind === "postgres") return ok("Storage", "On the PostgreSQL server");
  if (database.path === "memory") {
    const advice = "Set DATABASE_URL to pglite:FOLDER or postgres://…";
    return warn("Storage", "In memory: all is lost when the process ends", advice);
  }
  const lock = await FolderLock.open(`${resolve(database.path)}.lock`);
  try {
    const owner = await lock.readOwner();
    const isOther = owner !== undefined && owner.pid !== Deno.pid;
    return ok("Storage", `${database.path}${isOther ? `, shared by process ${owner.pid}` : ""}`);
  } finally {
    lock.release();
  }
}

function checkAddress({ appEnv, appUrl, trustProxy, ftp }: Settings): Finding[] {
  const findings = [ok("Address", appUrl)];
  if (appEnv !== "production") return findings;
  const isSecure = appUrl.startsWith("https:");
  if (!isSecure) {
    const advice = "Serve it over https and set APP_URL to that address";
    findings[0] = warn(
      "Address",
      `${appUrl}: passwords and cookies can be read on the way`,
      advice,
    );
  }
  if (isSecure && trustProxy.length === 0) {
    const detail = "TRUST_PROXY is not set: behind a proxy all clients share one address";
    findings.push(warn("Proxy", detail, "Set TRUST_PROXY to the addresses of the proxy"));
  }
  if (ftp?.tls === "none") {
    const detail = "FTP_URL is ftp://: its password can be read on the way";
    findings.push(warn("FTP encryption", detail, "Use ftps:// where the server has it"));
  }
  return findings;
}

async function checkPictures(): Promise<Finding> {
  return await canReadPictures()
    ? ok("Pictures", "sharp loads")
    : warn("Pictures", "sharp does not load: uploads are refused", "Run deno install");
}

async function checkPasswords(): Promise<Finding> {
  return await loadArgon2() === webCryptoArgon2
    ? warn("Passwords", "The native Argon2 does not load: sign-ins are slower", "Run deno install")
    : ok("Passwords", "The native Argon2 loads");
}

async function checkAdmins({ db }: Services): Promise<Finding> {
  const { users: [admin] } = await listUsers(db, { role: "admin", status: "active", limit: 1 });
  return admin === undefined
    ? warn("Admin", "Nobody is an active admin", "Run deno task create-admin")
    : ok("Admin", "There is an active admin");
}

const MAX_NAMED = 20;

/** Users whose names are others' since names are compared by the whole of Unicode. */
async function checkNames({ db }: Services): Promise<Finding[]> {
  const users = await listUsersWithSharedNames(db, MAX_NAMED);
  if (users.length === 0) return [];
  const names = users.map(({ id, username }) => `${username} (${id})`).join(", ");
  const detail = `Earlier users have the same names as ${names}, who sign in by address only`;
  return [warn("Names", detail, "Rename them on their pages")];
}
