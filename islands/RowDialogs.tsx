import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "@/components/Dialog.tsx";
import type ActionDialog from "@/islands/ActionDialog.tsx";
import type EditUserModal from "@/islands/EditUserModal.tsx";
import { loadModal, openDialog, openInstead } from "@/lib/shared/dialogs.ts";
import { pressRowKey, ROW_KEYS } from "@/lib/shared/row_keys.ts";
import { announceAt } from "@/lib/shared/toasts.ts";
import { usernameAt, usualReturn } from "@/lib/shared/user_rows.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface RowDialogsProps {
  readonly viewer_id: number;
}

/** What a modal is about: the user of a row, and where to go afterwards. */
interface Asked {
  readonly user_id: number;
  readonly name: string;
  readonly next: string;
  /** Set to delete the user. */
  readonly Asker?: typeof ActionDialog;
  /** Set to edit the user. */
  readonly edited?: { readonly value: UserView; readonly Modal: typeof EditUserModal };
}

/** Loads the modal that asks. Modals are larger than the rest of the page. */
async function askToDelete(row: Asked): Promise<Asked> {
  return { ...row, Asker: (await import("@/islands/ActionDialog.tsx")).default };
}

/** Loads a user and the modal that edits them. */
async function edit(row: Asked): Promise<Asked | undefined> {
  const edited = await loadModal<UserView, typeof EditUserModal>(
    `/edit_user?user_id=${row.user_id}`,
    import("@/islands/EditUserModal.tsx"),
  );
  return edited && { ...row, edited };
}

/** The modals of all rows of the user list, opened by their links, and the keys of the list. */
export default function RowDialogs({ viewer_id }: RowDialogsProps) {
  const asked = useSignal<Asked | undefined>(undefined);
  const showsKeys = useSignal(false);
  const close = () => asked.value = undefined;

  useEffect(() => {
    function open(event: MouseEvent) {
      const link = (event.target as Element).closest<HTMLAnchorElement>("td > a");
      if (!link) return;
      const query = new URL(link.href).searchParams;
      const user_id = Number(query.get("user_id"));
      const name = usernameAt(link);
      const row = { user_id, name, next: query.get("next") ?? usualReturn(user_id, viewer_id) };
      const deletes = link.pathname === "/delete_user";
      // The own account needs a proof first, for which there is a page.
      if (deletes && row.user_id === viewer_id) return;
      return openInstead(event, link, async () => {
        asked.value = await (deletes ? askToDelete(row) : edit(row));
      });
    }
    function press(event: KeyboardEvent) {
      if (pressRowKey(event) === "help") showsKeys.value = true;
    }
    document.addEventListener("click", open);
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("click", open);
      document.removeEventListener("keydown", press);
    };
  }, []);

  const { edited, Asker, ...row } = asked.value ?? {};
  if (showsKeys.value) return <KeyHelp onClose={() => showsKeys.value = false} />;
  if (!asked.value) return null;
  if (edited) {
    return (
      <edited.Modal
        user={edited.value}
        title={`Edit ${asked.value.name}`}
        asAdmin
        viewer_id={viewer_id}
        next={asked.value.next}
        onClose={close}
      />
    );
  }
  return Asker && (
    <Asker
      {...row as Asked}
      viewer_id={viewer_id}
      action="delete_user"
      onDone={({ message }) => announceAt(asked.value!.next, { kind: "success", text: message })}
      onClose={close}
    />
  );
}

function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => openDialog(dialog.current), []);
  return (
    <Dialog dialogRef={dialog} id="keys_title" title="Keys of this list" onClose={onClose}>
      <dl class="keys">
        {Object.entries(ROW_KEYS).map(([keys, what]) => (
          <div key={keys}>
            <dt>{keys.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
