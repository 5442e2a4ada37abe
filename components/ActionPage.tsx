import { ActionForm } from "@/components/ActionForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { actionOf, type AskedAction } from "@/lib/shared/actions.ts";
import type { FieldErrors } from "@/lib/shared/form.ts";
import type { UserView } from "@/lib/shared/views.ts";
import { fill, wordsFor } from "@/lib/shared/words.ts";

interface ActionPageProps {
  readonly action: AskedAction;
  readonly user: UserView;
  readonly values: Readonly<Record<string, string>>;
  readonly errors: FieldErrors;
  readonly problem?: string;
  /** Path to return to. */
  readonly next: string;
  readonly viewer_id: number;
}

/** The page of an action that asks first. */
export function ActionPage({ user, next, ...form }: ActionPageProps) {
  const { user_id, username: name } = user;
  const { title } = actionOf(form.action).ask!;
  return (
    <>
      <PageHeader title={fill(wordsFor(title, user_id === form.viewer_id), { name })} />
      <div class="card card-body form-narrow">
        <ActionForm
          {...form}
          user_id={user_id}
          name={name}
          timeZone="UTC"
          next={next}
          cancel={<a class="btn btn-quiet" href={next}>Cancel</a>}
        />
      </div>
    </>
  );
}
