import { iconButton } from "@/components/Icon.tsx";
import { usualReturn } from "@/lib/shared/user_rows.ts";

interface RowLinksProps {
  readonly user_id: number;
  readonly name: string;
  /** The user for whom the links were rendered. */
  readonly viewer_id: number;
  /** The user's row. */
  readonly here: string;
  /** The row beside it, where to go after the user is deleted. */
  readonly neighbour: string;
}

/** Links of a row to the pages that edit and delete a user. The island RowDialogs opens modals. */
export function RowLinks({ user_id, name, viewer_id, here, neighbour }: RowLinksProps) {
  const usual = usualReturn(user_id, viewer_id);
  const href = (path: string, next: string) => {
    const fields = { user_id: String(user_id), ...(next !== usual && { next }) };
    return `${path}?${new URLSearchParams(fields)}`;
  };
  return (
    <>
      <a class={iconButton("pencil")} href={href("/edit_user", here)} aria-label={`Edit ${name}`} />
      <a
        class={iconButton("trash")}
        href={href("/delete_user", neighbour)}
        aria-label={`Delete ${name}`}
      />
    </>
  );
}
