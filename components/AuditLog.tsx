import { AuditSentence } from "@/components/AuditSentence.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { NewestFirst } from "@/components/NewestFirst.tsx";
import { UndoButton } from "@/components/UndoButton.tsx";
import { When } from "@/components/When.tsx";
import { auditFilterForm, EXPORT_FORMATS } from "@/lib/shared/audit_log.ts";
import { timeInWords } from "@/lib/shared/time_words.ts";
import type { AuditEntryView, AuditLogView, ChangeView } from "@/lib/shared/operation_views.ts";

interface AuditFiltersProps {
  /** The filters that are set. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The filters of the audit log as a plain GET form, so that a filtered log has a URL. */
export function AuditFilters({ fields }: AuditFiltersProps) {
  return (
    <form class="card filters audit-filters" action="/audit_log" role="search" aria-label="Entries">
      {Object.entries(auditFilterForm).map(([name, field]) => (
        <Filter key={name} name={name} field={field} value={fields[name]} />
      ))}
      <div class="filters-actions">
        <button type="submit" class="btn btn-primary">Filter</button>
        {Object.keys(fields).length > 0 && <a class="btn btn-quiet" href="/audit_log">Clear</a>}
      </div>
    </form>
  );
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  actor: "Name, address or number",
  target: "Name, address or number",
  network: "192.0.2.1 or 192.0.2.",
  text: "Words, or the id of a request",
};

type AnyField = typeof auditFilterForm[keyof typeof auditFilterForm];

interface FilterProps {
  readonly name: string;
  readonly field: AnyField;
  readonly value: string | undefined;
}

function Filter({ name, field, value = "" }: FilterProps) {
  const { label, options } = field;
  if (!options) {
    const placeholder = PLACEHOLDERS[name];
    const control = { ...(placeholder && { placeholder }), dir: "auto" as const };
    const isTime = field.type === "datetime-local";
    const shown = isTime ? { ...field, label: `${label} (UTC)` } : field;
    return <Field name={name} field={shown} value={value} control={control} />;
  }
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select class="form-select" id={name} name={name}>
        <option value="">Any</option>
        {options.map((option) => (
          <option key={option} value={option} selected={option === value}>
            {spaced(option)}
          </option>
        ))}
      </select>
    </div>
  );
}

interface AuditListProps {
  readonly view: AuditLogView;
  readonly fields: Readonly<Record<string, string>>;
  /** The user for whom it was rendered. */
  readonly viewer_id: number;
  /** Path of the page, to return to. */
  readonly path: string;
}

/** Entries of the audit log with everything that is known of them, newest first. */
export function AuditList({ view, fields, viewer_id, path }: AuditListProps) {
  const { entries, searched_to, next, previous } = view;
  return (
    <NewestFirst
      path="/audit_log"
      filter={fields}
      next={next}
      previous={previous}
      note={searched_to && <SearchedTo time={searched_to} found={entries.length > 0} />}
      empty={EMPTY}
    >
      {entries.map((entry) => (
        <li key={entry.id}>
          <div class="line-text">
            <AuditSentence event={entry} />
            {entry.reason !== null && <span dir="auto">Reason: {entry.reason}</span>}
            {entry.changes.length > 0 && <Changes changes={entry.changes} />}
            <small class="text-body-secondary tabular">{circumstancesOf(entry)}</small>
          </div>
          {entry.undo && (
            <UndoButton
              {...entry.undo}
              viewer_id={viewer_id}
              next={path}
              what={`entry ${entry.id}`}
              look="btn-quiet"
            />
          )}
          <small class="text-body-secondary tabular">
            <When at={entry.at} precision="minute" />
          </small>
        </li>
      ))}
    </NewestFirst>
  );
}

/** Says that entries of other times may match, too. */
function SearchedTo({ time, found }: { readonly time: string; readonly found: boolean }) {
  return (
    <>
      {found ? "Searched" : "Nothing found"} as far as{" "}
      <When at={time} precision="minute" />: go on for more
    </>
  );
}

/** How long entries are kept, and when old ones were last removed. */
export function AuditKept({ view: { kept } }: Pick<AuditListProps, "view">) {
  return (
    <p class="text-body-secondary mt-3 mb-0">
      Sign-ins, failed ones and refused requests are kept for {kept.sign_in_days}{" "}
      days, other entries for {kept.days} days.{" "}
      {kept.removed_at === null ? "Nothing was old enough to be removed yet." : (
        <>
          Old entries were last removed on <When at={kept.removed_at} precision="minute" />.
        </>
      )}
    </p>
  );
}

const EMPTY = {
  icon: "journal-text",
  title: "No entries",
  text: "Nothing that matches these filters has happened.",
} as const;

function Changes({ changes }: { readonly changes: readonly ChangeView[] }) {
  return (
    <ul class="changes">
      {changes.map(({ field, before, after }) => (
        <li key={field}>
          {spaced(field)}: {before === null ? "changed" : (
            <>
              <del dir="auto">{inWords(before) || "nothing"}</del> →{" "}
              <ins dir="auto">{inWords(after ?? "") || "nothing"}</ins>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

const WAYS = { page: "On a page", task: "By a task" } as const;

/** The way, network and request of an entry, and what else is known. */
function circumstancesOf(entry: AuditEntryView): string {
  const { id, way, api_key, network, browser, request_id, notes } = entry;
  return [
    way === "api_key" ? `By the API key ${api_key}` : WAYS[way],
    browser,
    network,
    ...Object.entries(notes).map(([name, value]) => `${spaced(name)} ${inWords(value)}`),
    request_id && `request ${request_id}`,
    `entry ${id}`,
  ].filter(Boolean).join(", ");
}

/** Times are stored as ISO 8601 has them. */
function inWords(value: string): string {
  const isTime = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(value);
  return isTime ? timeInWords(new Date(value), "minute") : value;
}

function spaced(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface AuditExportProps extends AuditFiltersProps {
  /** The user for whom the form was rendered. */
  readonly viewer_id: number;
}

const FORMAT_LABELS = { csv: "As CSV", jsonl: "As JSON lines" } as const;

/** Buttons that download all entries that match the filters. */
export function AuditExport({ fields, viewer_id }: AuditExportProps) {
  return (
    <form class="row-actions" method="post" action="/audit_log">
      <HiddenFields values={{ ...fields, viewer_id }} />
      {EXPORT_FORMATS.map((format) => (
        <button key={format} type="submit" class="btn btn-quiet" name="format" value={format}>
          {FORMAT_LABELS[format]}
        </button>
      ))}
    </form>
  );
}
