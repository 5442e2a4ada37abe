/** What happened to a row of the old installation. */
export interface ReportLine {
  readonly table: "users" | "user_profiles";
  /** Id of the row in the old installation. */
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly outcome: "imported" | "changed" | "skipped";
  /** Why it was changed or skipped. */
  readonly reasons: readonly string[];
}

const COLUMNS = ["table", "id", "username", "email", "outcome", "reasons"] as const;

/** Formats the lines as CSV. @see https://www.rfc-editor.org/rfc/rfc4180 */
export function formatReport(lines: readonly ReportLine[]): string {
  const rows = lines.map((line) =>
    COLUMNS.map((name) => name === "reasons" ? line.reasons.join("; ") : line[name])
  );
  return [COLUMNS, ...rows].map((row) => row.map(formatCell).join(",") + "\r\n").join("");
}

/**
 * Quotes a cell. Spreadsheets run text that begins like a formula, and these texts come from
 * strangers, so an apostrophe is put first.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function formatCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
