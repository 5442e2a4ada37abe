import { Icon } from "@/components/Icon.tsx";

interface RowLinksProps {
  readonly user_id: number;
  readonly name: string;
  readonly viewer_id: number;
  /** The user's row. */
  readonly here: string;
  /** The row beside it, where to go after the user is deleted. */
  readonly neighbour: string;
}

/** Links of a row to the pages that edit and delete a user. The island RowDialogs opens modals. */
export function RowLinks({ user_id, name, viewer_id, here, neighbour }: RowLinksProps) {
  const href = (path: string, next: string) =>
    `${path}?${new URLSearchParams({ user_id: String(user_id), next })}`;
  return (
    <>
      <a class="btn btn-quiet btn-icon" href={href("/edit_user", here)} data-asks="edit_user">
        <Icon name="pencil" />
        <span class="visually-hidden">Edit {name}</span>
      </a>
      <a
        class="btn btn-quiet btn-icon"
        href={href("/delete_user", neighbour)}
        // The own account needs a proof first, for which there is a page.
        data-asks={user_id === viewer_id ? undefined : "delete_user"}
      >
        <Icon name="trash" />
        <span class="visually-hidden">Delete {name}</span>
      </a>
    </>
  );
}
