import { Alert } from "@/components/Alert.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { Name } from "@/components/Name.tsx";
import { When } from "@/components/When.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { IMPORT_COLUMNS_MAX, IMPORT_MAX_BYTES, IMPORT_ROWS_MAX } from "@/lib/shared/limits.ts";
import { IMPORT_FIELD_NAMES, IMPORT_FIELDS } from "@/lib/shared/user_import.ts";
import type { ImportLine, ImportRowView, ImportView } from "@/lib/shared/operation_views.ts";

interface ImportUploadProps extends FormProps {
  /** Earlier imports of the admin. */
  readonly imports?: readonly ImportLine[];
}

interface FormProps {
  readonly errors: FieldErrors;
  readonly problem?: string;
  /** The user for whom it was rendered. */
  readonly viewer_id: number;
}

const number = (count: number) => count.toLocaleString("en");

const rows = (count: number) => count === 1 ? "1 row" : `${number(count)} rows`;

/** `POST /import_users`: the file. */
export function ImportUpload({ errors, problem, viewer_id, imports = [] }: ImportUploadProps) {
  return (
    <form
      class="card card-body form-narrow"
      method="post"
      action="/import_users"
      enctype="multipart/form-data"
    >
      {problem && <Alert kind="error">{problem}</Alert>}
      <HiddenFields values={{ viewer_id }} />
      <p>
        Upload a CSV file with names of columns in its first line. You see what would become of each
        row before anything happens to users.
      </p>
      <div class="field">
        <label class="form-label" for="file">File</label>
        <input
          class={`form-control${errors.file ? " is-invalid" : ""}`}
          type="file"
          id="file"
          name="file"
          accept=".csv,.txt,text/csv"
          required
          aria-invalid={errors.file ? "true" : undefined}
          aria-describedby={errors.file ? "file_error file_hint" : "file_hint"}
        />
        {errors.file && <div class="field-error" id="file_error">{errors.file}</div>}
        <div class="form-text" id="file_hint">
          At most {IMPORT_MAX_BYTES / 1024 ** 2} MiB, {number(IMPORT_ROWS_MAX)} rows and{" "}
          {IMPORT_COLUMNS_MAX} columns. It is kept for a day.
        </div>
      </div>
      <div class="form-actions">
        <button type="submit" class="btn btn-primary">Upload</button>
        <a class="btn btn-quiet" href="/user_list">Back</a>
      </div>
      {imports.length > 0 && (
        <>
          <h2 class="mt-3">Your imports</h2>
          <ul>
            {imports.map(({ import_id, state, created_at }) => (
              <li key={import_id}>
                <a href={`/import_users?import_id=${import_id}`}>
                  <When at={created_at} precision="minute" />
                </a>
                : {IMPORT_STATES[state]}
              </li>
            ))}
          </ul>
        </>
      )}
    </form>
  );
}

interface UserImportProps extends FormProps {
  readonly view: ImportView;
  readonly values: Readonly<Record<string, string>>;
}

/** How far an import is, and the forms of its next step. */
export function UserImport({ view, values, errors, problem, viewer_id }: UserImportProps) {
  const { import_id, state, without_password } = view;
  const fields = { viewer_id, import_id };
  return (
    <section class="card card-body">
      {problem && <Alert kind="error">{problem}</Alert>}
      <p role="status">{STATES[state]}</p>
      {state !== "columns" && <Outcomes view={view} />}
      {state === "columns" && (
        <Columns view={view} values={values} errors={errors} fields={fields} />
      )}
      {state === "checked" && (
        <details class="mt-3">
          <summary>Other columns</summary>
          <Columns view={view} values={values} errors={errors} fields={fields} />
        </details>
      )}
      <div class="form-actions mt-3">
        {state === "checked" && (
          <StepButton fields={fields} step="start" label={`Import ${rows(toDo(view))}`} />
        )}
        {state === "done" && without_password > 0 && (
          <StepButton
            fields={fields}
            step="invite"
            label={without_password === 1
              ? "Send a link for a first password"
              : `Send ${number(without_password)} links for a first password`}
          />
        )}
        {(view.counts.refused ?? 0) > 0 && (
          <a class="btn btn-quiet" href={`/refused_rows?import_id=${import_id}`}>
            Refused rows as CSV
          </a>
        )}
        <form method="post" action="/import_users">
          <HiddenFields values={{ ...fields, _method: "DELETE" }} />
          <button type="submit" class="btn btn-quiet">
            {state === "done" || state === "invited" ? "Forget the file" : "End the import"}
          </button>
        </form>
      </div>
    </section>
  );
}

const IMPORT_STATES: Readonly<Record<string, string>> = {
  columns: "waits for its columns",
  checking: "is being checked",
  checked: "is checked, and has not begun",
  running: "is running",
  done: "is done",
  inviting: "is done, and sends links",
  invited: "is done, and links are sent",
};

const STATES: Readonly<Record<string, string>> = {
  columns: "Nothing has happened yet. Say which column is what.",
  checking: "The rows are checked. This page loads itself again.",
  checked: "Nothing has happened to users yet. This is what would become of the rows.",
  running:
    "The users are imported in portions. You can leave this page. If the server stops, it goes " +
    "on when it starts again, and no row is imported twice.",
  done: "The import is done. Users without a password cannot sign in before they have a link.",
  inviting: "The e-mails with links for a first password are written.",
  invited: "The import is done, and the e-mails are on their way.",
  cancelled: "The import has stopped, because its admin is none any more.",
};

function toDo({ counts }: ImportView): number {
  return (counts.new ?? 0) + (counts.changed ?? 0);
}

const OUTCOMES = {
  unread: "not read yet",
  new: "new",
  changed: "changed",
  same: "the same as here",
  refused: "refused",
  added: "added",
  updated: "updated",
} as const;

function Outcomes({ view: { state, counts, total, samples } }: { readonly view: ImportView }) {
  const shown = Object.entries(OUTCOMES).filter(([outcome]) => (counts[outcome] ?? 0) > 0);
  const waiting = state === "checking"
    ? counts.unread ?? 0
    : (counts.new ?? 0) + (counts.changed ?? 0);
  return (
    <>
      {(state === "checking" || state === "running") && (
        <progress
          class="w-100"
          value={total - waiting}
          max={Math.max(1, total)}
          aria-label="Progress"
        />
      )}
      <p class="tabular">
        {rows(total)}:{" "}
        {shown.map(([outcome, words]) => `${number(counts[outcome]!)} ${words}`).join(", ")}
      </p>
      {samples.length > 0 && (
        <ul class="lines" aria-label="The first rows">
          {samples.map((row) => <Row key={row.line} row={row} />)}
        </ul>
      )}
    </>
  );
}

function Row({ row: { line, outcome, reason, email, username } }: { readonly row: ImportRowView }) {
  const words = OUTCOMES[outcome as keyof typeof OUTCOMES];
  return (
    <li>
      <div class="line-text">
        <span>
          Line {line}, {words}
          {reason && `: ${reason}`}
        </span>
        <Name text={username} />
        <Name class="text-body-secondary" text={email} />
      </div>
    </li>
  );
}

interface ColumnsProps extends Pick<UserImportProps, "view" | "values" | "errors"> {
  readonly fields: Readonly<Record<string, number>>;
}

/** Which column is which field. */
function Columns({ view: { header, columns, state }, values, errors, fields }: ColumnsProps) {
  return (
    <form method="post" action="/import_users">
      <HiddenFields values={{ ...fields, _method: "PUT", step: "check" }} />
      <div class="filters-grid">
        {IMPORT_FIELD_NAMES.map((field) => {
          const chosen = values[field] ?? columns[field]?.toString();
          return (
            <div key={field}>
              <label class="form-label" for={field}>{IMPORT_FIELDS[field].label}</label>
              <select
                class={`form-select${errors[field] ? " is-invalid" : ""}`}
                id={field}
                name={field}
                aria-invalid={errors[field] ? "true" : undefined}
                aria-describedby={errors[field] ? `${field}_error` : undefined}
              >
                <option value="">Not in the file</option>
                {header.map((name, index) => (
                  <option key={index} value={index} selected={String(index) === chosen}>
                    {name}
                  </option>
                ))}
              </select>
              {errors[field] && (
                <div class="field-error" id={`${field}_error`}>{errors[field]}</div>
              )}
            </div>
          );
        })}
      </div>
      <p class="form-text">
        A row is about the user with its address; without one it is a new user. An empty cell
        changes nothing, and only new users take a role, a status or a password.
      </p>
      <button type="submit" class={`btn ${state === "columns" ? "btn-primary" : "btn-quiet"}`}>
        {state === "columns" ? "Check the rows" : "Check again"}
      </button>
    </form>
  );
}

interface StepButtonProps {
  readonly fields: Readonly<Record<string, number>>;
  readonly step: string;
  readonly label: string;
}

function StepButton({ fields, step, label }: StepButtonProps) {
  return (
    <form method="post" action="/import_users">
      <HiddenFields values={{ ...fields, _method: "PUT", step }} />
      <button type="submit" class="btn btn-primary">{label}</button>
    </form>
  );
}
