import { inTransaction } from "@/lib/db/transaction.ts";
import {
  checkNextSeal,
  expireAuditEvents,
  type Expiry,
  findLastSeal,
  hasExpiredAuditEvents,
  idsInSeal,
  listMaybeSealed,
  sealAuditEvents,
} from "@/lib/repo/audit_seals.ts";
import {
  type AuditEvent,
  findNewestAuditEvent,
  listNumbersOfAuditEvents,
} from "@/lib/repo/audit_events.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import type { Services } from "@/lib/domain/services.ts";

/**
 * Seals up to `limit` new entries of the audit log, and with `LOG_AUDIT` writes each as a line of the
 * log. After a failure a line may come twice, and none is left out. Returns how many.
 */
export async function sealAuditLog(services: Services, limit: number): Promise<number> {
  const { db, log, settings } = services;
  return await inTransaction(db, async (tx) => {
    const ids = await sealAuditEvents(tx, limit);
    const logged = settings.logAudit && ids.length > 0
      ? await listNumbersOfAuditEvents(tx, ids)
      : [];
    for (const entry of logged) log.info(entry, "Audit");
    return ids.length;
  });
}

/** A seal as operators print it. */
export interface PrintedSeal {
  readonly seal: number;
  readonly hash: string;
  readonly sealed_at: string;
  /** The greatest number of an entry up to it. */
  readonly last_entry: number;
}

/** Returns the last seal of the audit log, after sealing what waits. */
export async function printSeal(services: Services): Promise<PrintedSeal | undefined> {
  while (await sealAuditLog(services, SEAL_BATCH) === SEAL_BATCH);
  const seal = await findLastSeal(services.db);
  return seal && {
    seal: seal.id,
    hash: hex(seal.hash),
    sealed_at: seal.sealed_at.toISOString(),
    last_entry: seal.last_id,
  };
}

/** What is wrong with the audit log, first of all. */
export interface AuditFault {
  readonly kind: "changed" | "removed" | "inserted" | "seal" | "unsealed" | "cut";
  /** The number of the entry, or of the seal; of `unsealed` the last seal that is left, or 0. */
  readonly id: number;
}

/** Outcome of a check of the audit log. */
export interface AuditCheck {
  readonly entries: number;
  readonly seals: number;
  /** Entries that no seal has yet. */
  readonly waiting: number;
  readonly fault: AuditFault | null;
}

const SEAL_BATCH = 1_000;
const CHECK_BATCH = 5_000;

/**
 * Compares the audit log with its seals, and names the first entry that was changed, removed or
 * inserted since.
 *
 * @param printed the hash of a seal that was printed before. It shows whether the end was cut off.
 */
export async function verifyAuditLog(services: Services, printed?: string): Promise<AuditCheck> {
  const { db } = services;
  const expiry = await lawfulExpiry(services);
  const sealed = new IdSet();
  const faults: AuditFault[] = [];
  let broken: number | undefined;
  let seals = 0;
  let isPrinted = printed === undefined;
  let last = 0;
  for (;; seals++) {
    const seal = await checkNextSeal(db, last, expiry);
    if (!seal) break;
    last = seal.id;
    for (const id of idsInSeal(seal)) sealed.add(id);
    if (!seal.follows) broken ??= seal.id;
    if (seal.fault) faults.push({ kind: seal.fault, id: seal.fault_id! });
    isPrinted ||= hex(seal.hash) === printed?.toLowerCase();
  }
  const { entries, waiting, inserted, salted } = await findUnsealed(services, sealed);
  // A seal that was removed leaves the salts of its entries.
  const isCutOff = salted !== undefined && salted > sealed.greatest;
  if (salted !== undefined && !isCutOff && broken === undefined) inserted.push(salted);
  for (const id of inserted) faults.push({ kind: "inserted", id });
  faults.sort((a, b) => a.id - b.id);
  const ofSeals: (AuditFault | false)[] = [
    broken !== undefined && { kind: "seal", id: broken },
    isCutOff && { kind: "unsealed", id: last },
    !isPrinted && { kind: "cut", id: last },
  ];
  const fault = faults[0] ?? ofSeals.find((one) => one !== false) ?? null;
  return { entries, seals, waiting, fault };
}

async function findUnsealed({ db }: Services, sealed: IdSet) {
  let entries = 0;
  let waiting = 0;
  const inserted: number[] = [];
  let salted: number | undefined;
  for (let after = 0;;) {
    const rows = await listMaybeSealed(db, after, CHECK_BATCH);
    for (const row of rows) {
      if (sealed.has(row.id)) continue;
      if (row.waits) waiting++;
      else if (row.salted) salted ??= row.id;
      else if (inserted.length === 0) inserted.push(row.id);
    }
    entries += rows.length;
    const last = rows.at(-1);
    if (!last) return { entries, waiting, inserted, salted };
    after = last.id;
  }
}

/** A set of numbers that are mostly in a row: 2 million take 250 KB. */
class IdSet {
  readonly #chunks = new Map<number, Uint8Array>();
  greatest = 0;

  add(id: number): void {
    this.greatest = Math.max(this.greatest, id);
    const key = Math.floor(id / CHUNK_IDS);
    const chunk = this.#chunks.get(key) ?? new Uint8Array(CHUNK_IDS / 8);
    this.#chunks.set(key, chunk);
    const bit = id % CHUNK_IDS;
    chunk[bit >> 3]! |= 1 << (bit & 7);
  }

  has(id: number): boolean {
    const bit = id % CHUNK_IDS;
    const byte = this.#chunks.get(Math.floor(id / CHUNK_IDS))?.[bit >> 3] ?? 0;
    return (byte & 1 << (bit & 7)) !== 0;
  }
}

const CHUNK_IDS = 65_536;

function hex(bytes: Uint8Array): string {
  return new Uint8Array(bytes).toHex();
}

const DAY_MS = 86_400_000;
/** As in `expire_audit_events()`. */
const LEAST_DAYS = { signIns: 30, others: 365 };

/**
 * Removes up to `limit` entries that are older than the settings say, and returns how many. Once a
 * day an entry says before what times, before any are removed.
 */
export async function expireAuditLog(
  services: Services,
  actor: TaskActor,
  limit: number,
): Promise<number> {
  const { db, settings } = services;
  const last = await findNewestAuditEvent(db, "expire_audit_log");
  if (last && last.at.getTime() > Date.now() - DAY_MS) {
    return await expireAuditEvents(db, expiryIn(last), limit);
  }
  const expiry = {
    signInsBefore: new Date(Date.now() - settings.auditSignInDays * DAY_MS),
    othersBefore: new Date(Date.now() - settings.auditDays * DAY_MS),
  };
  if (!await hasExpiredAuditEvents(db, expiry)) return 0;
  await audit(db, actor, "expire_audit_log", undefined, {
    sign_ins_before: expiry.signInsBefore,
    others_before: expiry.othersBefore,
  });
  return await expireAuditEvents(db, expiry, limit);
}

/** Reads before what times entries were removed, but no later than the database allows. */
function expiryIn({ at, details }: AuditEvent): Expiry {
  const before = (value: unknown, days: number) => {
    const time = new Date(String(value)).getTime();
    const latest = at.getTime() - days * DAY_MS;
    return new Date(Number.isNaN(time) ? 0 : Math.min(time, latest));
  };
  return {
    signInsBefore: before(details.sign_ins_before, LEAST_DAYS.signIns),
    othersBefore: before(details.others_before, LEAST_DAYS.others),
  };
}

async function lawfulExpiry({ db }: Services): Promise<Expiry> {
  const last = await findNewestAuditEvent(db, "expire_audit_log");
  return last ? expiryIn(last) : { signInsBefore: new Date(0), othersBefore: new Date(0) };
}
