import { Alert } from "@/components/Alert.tsx";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { Name } from "@/components/Name.tsx";
import type { FieldErrors } from "@/lib/shared/form.ts";
import { saveViewForm } from "@/lib/shared/list_forms.ts";
import type { SavedViewView } from "@/lib/shared/views.ts";

interface SaveViewFormProps {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly problem: string | undefined;
  /** The user for whom the form was rendered. */
  readonly viewer_id: number;
}

/** `POST /user_views`. */
export function SaveViewForm({ values, errors, problem, viewer_id }: SaveViewFormProps) {
  return (
    <section class="card card-body mb-card">
      <h2 class="mb-3">Save this view</h2>
      {(problem ?? errors.query) && <Alert kind="error">{problem ?? errors.query}</Alert>}
      <form class="form-narrow" method="post" action="/user_views">
        <HiddenFields values={{ viewer_id, query: values.query ?? "" }} />
        <Field
          name="name"
          field={saveViewForm.name}
          value={values.name}
          error={errors.name}
          control={{ autocomplete: "off" }}
        />
        <div class="form-actions">
          <button type="submit" class="btn btn-primary">Save</button>
          <a class="btn btn-quiet" href={`/user_list?${values.query ?? ""}`}>Back to the users</a>
        </div>
      </form>
    </section>
  );
}

interface SavedViewsProps {
  readonly views: readonly SavedViewView[];
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** The saved views of the user list: links, and what each shows. */
export function SavedViews({ views, viewer_id }: SavedViewsProps) {
  if (views.length === 0) {
    return (
      <p class="text-body-secondary">
        There are none yet: choose filters, order and columns in the user list, then save them here.
      </p>
    );
  }
  return (
    <ul class="card lines">
      {views.map(({ view_id, name, path, words }) => (
        <li key={view_id}>
          <div class="line-text">
            <a class="fw-bold" href={path}>
              <Name text={name} />
            </a>
            <small class="text-body-secondary" dir="auto">
              {words.length === 0 ? "All users" : words.join(", ")}
            </small>
          </div>
          <form method="post" action="/user_views">
            <HiddenFields values={{ _method: "DELETE", view_id, viewer_id }} />
            <button type="submit" class="btn btn-sm btn-quiet">
              Remove<span class="visually-hidden">{` ${name}`}</span>
            </button>
          </form>
        </li>
      ))}
    </ul>
  );
}
