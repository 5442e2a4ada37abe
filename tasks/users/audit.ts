import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import {
  type AuditCheck,
  type AuditFault,
  printSeal,
  verifyAuditLog,
} from "@/lib/domain/operation/audit_seals.ts";
import type { Services } from "@/lib/domain/services.ts";

/**
 * `deno task users audit verify`, and `deno task users audit seal`.
 *
 * @param printed the hash of a seal that was printed before
 */
export async function audit(
  services: Services,
  what: string,
  printed: string | undefined,
): Promise<{ readonly text: string; readonly json: unknown }> {
  switch (what) {
    case "verify": {
      const check = await verifyAuditLog(services, printed);
      if (check.fault) throw new TaskError(faultText(check.fault));
      return { text: soundText(check), json: check };
    }
    case "seal": {
      const seal = await printSeal(services);
      if (!seal) return { text: "The audit log has no entries yet", json: null };
      return {
        text: `${seal.hash}\nis seal ${seal.seal} of ${seal.sealed_at}, up to entry ` +
          `${seal.last_entry}. Keep it apart from this machine, for audit verify --seal`,
        json: seal,
      };
    }
    default:
      throw new UsageError(`Say users audit verify or users audit seal, not ${what}`);
  }
}

function soundText({ entries, seals, waiting }: AuditCheck): string {
  const end = waiting === 0 ? "" : `; ${waiting} wait for their seal`;
  return `The audit log is as it was sealed: ${entries} entries, ${seals} seals${end}`;
}

function faultText({ kind, id }: AuditFault): string {
  switch (kind) {
    case "changed":
    case "removed":
    case "inserted":
      return `Entry ${id} of the audit log was ${kind}: compare it with a backup and your logs`;
    case "seal":
      return `Seal ${id} of the audit log was changed, or one before it was removed: compare the ` +
        "table audit_seals with a backup";
    case "unsealed":
      return (id === 0 ? "All seals" : `The seals after seal ${id}`) +
        " of the audit log were removed: compare the table audit_seals with a backup";
    case "cut":
      return "No seal has this hash: the end of the audit log was cut off after it was printed, or " +
        "it is another installation's";
  }
}
