import { type ActionName, actionsWith } from "./actions.ts";
import { choice, instant, optional, rowId, text } from "./fields.ts";
import type { Values } from "./form.ts";
import { EMAIL_MAX_CHARS, SEARCH_MAX_CHARS } from "./limits.ts";

/** Actions that have entries in the audit trail. */
const AUDITED = actionsWith<ActionName>(({ trail }) => trail !== undefined);

const ANY_ACTION = choice({ label: "Action", options: AUDITED });
const ACTION_RULE = "Action must be the name of an action that has entries";

/** The filters of `/audit_log`. All that are given must hold. */
export const auditFilterForm = {
  actor: text({ label: "Who did it", maxLength: EMAIL_MAX_CHARS }),
  target: text({ label: "To whom", maxLength: EMAIL_MAX_CHARS }),
  // Its own rule lists all actions.
  action: optional({
    ...ANY_ACTION,
    rule: ACTION_RULE,
    read: (sent): ReturnType<typeof ANY_ACTION.read> => {
      const checked = ANY_ACTION.read(sent);
      return "error" in checked ? { error: ACTION_RULE } : checked;
    },
  }),
  from: instant({ label: "From", type: "datetime-local" }),
  until: instant({ label: "Until", type: "datetime-local" }),
  network: text({
    label: "Network",
    maxLength: 50,
    pattern: "[0-9a-fA-F.:]*",
    rule: "Network must be an address, or the beginning of one with a dot or colon at its end",
  }),
  text: text({ label: "Text", maxLength: SEARCH_MAX_CHARS }),
};

/** `GET /audit_log`. */
export const auditLogForm = {
  ...auditFilterForm,
  after: optional(rowId({ label: "after" })),
  before: optional(rowId({ label: "before" })),
};

/** The formats of `POST /audit_log`. */
export const EXPORT_FORMATS = ["csv", "jsonl"] as const;

/** `POST /audit_log`. */
export const auditExportForm = {
  ...auditFilterForm,
  format: choice({ label: "Format", options: EXPORT_FORMATS }),
};

/** Checked filters of `/audit_log`. */
export type AuditFilter = Values<typeof auditFilterForm>;

/** Returns the filters as the fields of a form or URL, without those that are not set. */
export function auditFields(filter: AuditFilter): Record<string, string> {
  const { from, until, ...others } = filter;
  const fields = Object.entries({
    ...others,
    from: from && minuteOf(from),
    until: until && minuteOf(until),
  });
  return Object.fromEntries(
    fields.flatMap(([name, value]) => value ? [[name, value]] : []),
  ) as Record<string, string>;
}

/** A time as a field of a form has it: in UTC, to the minute if it has no seconds. */
function minuteOf(time: Date): string {
  return time.toISOString().replace(/(?::00)?\.000Z$/, "");
}
