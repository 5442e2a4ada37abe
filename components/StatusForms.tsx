import { HiddenFields } from "@/components/HiddenFields.tsx";
import { ACTIONS, requestFields } from "@/lib/shared/actions.ts";
import { anyRowPath } from "@/lib/shared/user_rows.ts";

interface StatusFormsProps {
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
  /** Path of the list. */
  readonly list: string;
}

/** The forms of the switches of all rows: once, because each row would repeat their fields. */
export function StatusForms({ viewer_id, list }: StatusFormsProps) {
  const fields = { viewer_id, next: anyRowPath(list) };
  const { path } = ACTIONS.activate_user.route;
  return (
    <>
      <form id="suspend_user" action={path}>
        <HiddenFields values={fields} />
      </form>
      <form id="activate_user" method="post" action={path}>
        <HiddenFields values={{ ...requestFields("activate_user"), ...fields }} />
      </form>
    </>
  );
}
