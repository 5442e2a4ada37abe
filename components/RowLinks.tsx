import { Icon } from "@/components/Icon.tsx";

interface RowLinksProps {
  readonly user_id: number;
  readonly name: string;
  /** The user's row. */
  readonly here: string;
  /** The row beside it, where to go after the user is deleted. */
  readonly neighbour: string;
}

/** Links of a row to the pages that edit and delete a user. The island RowDialogs opens modals. */
export function RowLinks({ user_id, name, here, neighbour }: RowLinksProps) {
  const href = (path: string, next: string) =>
    `${path}?${new URLSearchParams({ user_id: String(user_id), next })}`;
  return (
    <>
      <a class="btn btn-quiet btn-icon" href={href("/edit_user", here)} aria-label={`Edit ${name}`}>
        <Icon name="pencil" />
      </a>
      <a
        class="btn btn-quiet btn-icon"
        href={href("/delete_user", neighbour)}
        aria-label={`Delete ${name}`}
      >
        <Icon name="trash" />
      </a>
    </>
  );
}
