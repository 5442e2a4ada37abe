import { Checkbox } from "@/components/Checkbox.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { exportUsersForm } from "@/lib/shared/list_forms.ts";
import { activeFilters, userListPath, type UserListQuery } from "@/lib/shared/user_list.ts";

interface ExportUsersProps {
  /** How many users match. */
  readonly users: number;
  readonly query: UserListQuery;
  /** The user for whom it was rendered. */
  readonly viewer_id: number;
}

const SEPARATORS = { ",": "Comma", ";": "Semicolon" };

/** `POST /export_users`: which users, and how their file is written. */
export function ExportUsers({ users, query, viewer_id }: ExportUsersProps) {
  const { q, sort } = query;
  const filters = activeFilters(query);
  const fields = Object.fromEntries(filters.map(({ name, value }) => [name, value]));
  const words = [...(q ? [`Search: ${q}`] : []), ...filters.map(({ words }) => words)];
  return (
    <form class="card card-body form-narrow" method="post" action="/export_users">
      <HiddenFields values={{ viewer_id, q: q || undefined, sort, ...fields }} />
      <p>
        You get a CSV file with account, profile and tags of{" "}
        {users === 1 ? "1 user" : `${users.toLocaleString("en")} users`}{" "}
        in the order of the list. It has no passwords and no other secrets. The audit log shows that
        you exported it.
      </p>
      {words.length > 0 && (
        <ul class="chips mb-3" aria-label="Filters">
          {words.map((text) => <li key={text} class="chip" dir="auto">{text}</li>)}
        </ul>
      )}
      <Field
        name="separator"
        field={exportUsersForm.separator}
        value=","
        optionLabels={SEPARATORS}
      />
      <Checkbox name="bom">For Excel: begin with a byte order mark</Checkbox>
      <div class="form-actions">
        <button type="submit" class="btn btn-primary">Download</button>
        <a class="btn btn-quiet" href={userListPath(query)}>Back</a>
      </div>
    </form>
  );
}
