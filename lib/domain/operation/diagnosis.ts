import { resolve } from "node:path";
import { sampleBreachedPasswords } from "@/lib/crypto/breached_passwords.ts";
import { loadArgon2, webCryptoArgon2 } from "@/lib/crypto/argon2.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { FolderLock } from "@/lib/db/folder_lock.ts";
import { insertImages } from "@/lib/repo/images.ts";
import { countSecretsByKey } from "@/lib/repo/second_factors.ts";
import { findServerVersion } from "@/lib/repo/server.ts";
import { listUsers } from "@/lib/repo/user_list.ts";
import { listUsersWithSharedNames } from "@/lib/repo/users.ts";
import type { Settings } from "@/lib/settings.ts";
import type { ServiceStateView } from "@/lib/shared/operation_views.ts";
import { canReadPictures } from "@/lib/storage/picture.ts";
import { checkAdminFactors } from "./factor_check.ts";
import type { Finding } from "./finding.ts";
import { findClockSkew, findFreeSpace } from "./machine.ts";
import { rehearse } from "./rehearse.ts";
import { checkServices } from "./service_states.ts";
import { writtenFolders } from "./written_folders.ts";
import type { Services } from "@/lib/domain/services.ts";
import { messageOf } from "@/lib/message_of.ts";

/** Options of a diagnosis. */
export interface DiagnosisOptions {
  /** Address for a test e-mail. */
  readonly sendTo?: string | undefined;
}

/** Checks everything that needs no database: disk, addresses and native addons. */
export async function diagnoseMachine(settings: Settings): Promise<Finding[]> {
  return [
    ...await checkDisks(settings),
    ...checkAddress(settings),
    checkSecrets(settings),
    ...settings.exposures.map(({ check, detail, advice }) => warn(check, detail, advice)),
    await checkPictures(),
    await checkPasswords(),
    ...await checkBreachedPasswords(settings),
  ];
}

/**
 * Tries what the application does with its services, reverts it, and says how to fix what fails.
 */
export async function diagnose(
  services: Services,
  { sendTo }: DiagnosisOptions = {},
): Promise<Finding[]> {
  const { settings, db, images } = services;
  // The dashboard shows the last known state. Here the server is asked.
  await images.health.refresh();
  const states = await checkServices(services);
  const findings = [
    ok("Version", await findServerVersion(db)),
    await checkFolder(settings),
    ...states.filter(({ name }) => name !== "Mail").map(ofService),
    await checkMail(services),
    ...(sendTo === undefined ? [] : [await sendLetter(services, sendTo)]),
  ];
  const isReady = states.every(({ name, state }) => name !== "Database" || state === "ok");
  if (!isReady) return findings;
  return [
    ...findings,
    await checkChanges(services),
    await checkClock(services),
    await checkAdmins(services),
    ...await checkAdminFactors(services),
    ...await checkNames(services),
    ...await checkSecretKeys(services),
  ];
}

function ok(check: string, detail: string): Finding {
  return { check, state: "ok", detail };
}

function warn(check: string, detail: string, advice: string): Finding {
  return { check, state: "warn", detail, advice };
}

function fail(check: string, detail: string, advice: string): Finding {
  return { check, state: "fail", detail, advice };
}

const FAILURE_ADVICE: Readonly<Record<string, string>> = {
  Database: "Run deno task migrate",
  FTP: "Fix that; until then images are kept in the database",
  Backups: "Fix that, and make one on the page Settings",
};

function ofService({ name, state, detail }: ServiceStateView): Finding {
  return state === "failed"
    ? fail(name, detail, FAILURE_ADVICE[name] ?? "Fix it")
    : ok(name, detail);
}

/** Offers the mail server an e-mail from the sender to itself, without sending it. */
async function checkMail({ mail, settings }: Services): Promise<Finding> {
  const { smtp, mailFrom, appEnv } = settings;
  if (smtp === undefined) {
    const detail = "E-mails are written to .data/outbox";
    return appEnv === "production"
      ? warn("Mail", detail, "Set SMTP_URL and MAIL_FROM, so that e-mails reach people")
      : ok("Mail", detail);
  }
  return await attempt(
    "Mail",
    () => mail.rehearse(mailFrom.address),
    `${smtp.host} accepts e-mails from ${mailFrom.address}`,
    "Fix that; until then nobody gets e-mails",
  );
}

async function sendLetter({ mail, settings }: Services, to: string): Promise<Finding> {
  const letter = {
    to,
    subject: `A test from ${settings.appName}`,
    text: `doctor has sent this from ${settings.appUrl}: e-mails reach you.\n`,
  };
  return await attempt(
    "Letter",
    () => mail.send(letter),
    settings.smtp === undefined ? "It is in .data/outbox" : `Sent to ${to}`,
    "Fix that; until then nobody gets e-mails",
  );
}

/** Writes in a transaction, as every change does, and rolls back. */
function checkChanges(services: Services): Promise<Finding> {
  const file = { name: `doctor ${crypto.randomUUID()}`, bytes: new Uint8Array(1) };
  return attempt(
    "Changes",
    () =>
      rehearse(services, ({ db }) => inTransaction(db, (tx) => insertImages(tx, "stored", [file]))),
    "The database takes changes, and takes them back",
    "Let the role of DATABASE_URL change its tables, on a server that is no standby",
  );
}

const MAX_SKEW_MS = 5_000;

async function checkClock({ db }: Services): Promise<Finding> {
  const { aheadMs, uncertaintyMs } = await findClockSkew(db);
  const seconds = (Math.abs(aheadMs) / 1_000).toFixed(1);
  const detail = `The database's clock is ${seconds} s ${aheadMs < 0 ? "behind" : "ahead of"} ours`;
  return Math.abs(aheadMs) - uncertaintyMs > MAX_SKEW_MS
    ? warn("Clock", detail, "Set both clocks with NTP, or links and sessions end too early or late")
    : ok("Clock", detail);
}

const MIB = 1024 * 1024;
const LOW_SPACE_MIB = 500;

function checkDisks(settings: Settings): Promise<Finding[]> {
  return Promise.all(writtenFolders(settings).map((folder) => checkDisk(resolve(folder))));
}

async function checkDisk(folder: string): Promise<Finding> {
  try {
    const free = Math.floor(await findFreeSpace(folder) / MIB);
    const detail = `${folder} can be written, ${free} MiB are free`;
    return free < LOW_SPACE_MIB ? warn("Disk", detail, "Make room there") : ok("Disk", detail);
  } catch (error) {
    return fail(
      "Disk",
      `${folder}: ${messageOf(error)}`,
      "Make room there, and let this account write in it",
    );
  }
}

async function attempt(
  check: string,
  work: () => Promise<void>,
  done: string,
  advice: string,
): Promise<Finding> {
  try {
    await work();
    return ok(check, done);
  } catch (error) {
    return fail(check, messageOf(error), advice);
  }
}

/** Checks where the data are stored and which process owns the folder. */
async function checkFolder({ database }: Settings): Promise<Finding> {
  if (database.kind === "postgres") return ok("Storage", "On the PostgreSQL server");
  if (database.path === "memory") {
    const advice = "Set DATABASE_URL to pglite:FOLDER or postgres://…";
    return warn("Storage", "In memory: everything is lost when the process ends", advice);
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

function checkAddress({ appEnv, appUrl, trustProxy }: Settings): Finding[] {
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
    const detail = "TRUST_PROXY is not set: with a proxy all clients share one address";
    findings.push(warn("Proxy", detail, "Set TRUST_PROXY to the addresses of the proxy"));
  }
  return findings;
}

function checkSecrets({ secretKeys, appEnv }: Settings): Finding {
  if (secretKeys) return ok("Secrets", "SECRET_KEY encrypts second factors");
  return appEnv === "development"
    ? ok("Secrets", "The key in .data/secret_key encrypts second factors")
    : warn(
      "Secrets",
      "SECRET_KEY is not set: no second factor is offered",
      "Run deno task secret, and set SECRET_KEY to what it prints",
    );
}

/** Counts the second factors that need an old key, or one that is not there. */
async function checkSecretKeys({ db, secrets }: Services): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { sealed, count } of await countSecretsByKey(db)) {
    if (!await secrets?.knowsKeyOf(sealed)) {
      findings.push(fail(
        "Secrets",
        `Second factors under a key that SECRET_KEY does not have: ${count}`,
        "Add that key to SECRET_KEY, after a comma. Until then their users need recovery codes",
      ));
    } else if (await secrets?.isOutdated(sealed)) {
      findings.push(
        ok("Secrets", `Second factors that still need an old key of SECRET_KEY: ${count}`),
      );
    }
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

async function checkBreachedPasswords(
  { breachedPasswordsFile: path }: Settings,
): Promise<Finding[]> {
  if (path === undefined) return [];
  const { count, isSorted } = await sampleBreachedPasswords(path);
  return [
    isSorted
      ? ok("Breaches", `${path} is sorted and has about ${count.toLocaleString("en")} passwords`)
      : fail("Breaches", `${path} is not sorted by its hashes`, "Sort it: LC_ALL=C sort FILE"),
  ];
}

async function checkAdmins({ db }: Services): Promise<Finding> {
  const { users: [admin] } = await listUsers(db, { role: "admin", status: "active", limit: 1 });
  return admin === undefined
    ? warn("Admin", "Nobody is an active admin", "Run deno task create-admin")
    : ok("Admin", "There is an active admin");
}

const MAX_NAMED = 20;

/** Users whose names equal others' since names are compared by all of Unicode. */
async function checkNames({ db }: Services): Promise<Finding[]> {
  const users = await listUsersWithSharedNames(db, MAX_NAMED);
  if (users.length === 0) return [];
  const names = users.map(({ id, username }) => `${username} (${id})`).join(", ");
  const detail = `Earlier users have the same names as ${names}, who sign in by address only`;
  return [warn("Names", detail, "Rename them on their pages")];
}
