import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "@/components/Dialog.tsx";
import UserEditor from "@/islands/UserEditor.tsx";
import { openDialog, requestClose } from "@/lib/shared/dialogs.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface EditUserModalProps {
  readonly user: UserView;
  readonly title: string;
  /** Whether the editor is an admin. */
  readonly asAdmin: boolean;
  readonly viewer_id: number;
  /** Path to come back to. */
  readonly next: string;
  readonly onClose: () => void;
}

/** A modal that edits a user. It is open while it is mounted. */
export default function EditUserModal({ title, onClose, ...editor }: EditUserModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const idPrefix = `edit_${editor.user.user_id}`;
  useEffect(() => openDialog(dialog.current), []);
  return (
    <Dialog dialogRef={dialog} id={`${idPrefix}_title`} title={title} wide onClose={onClose}>
      <UserEditor
        {...editor}
        idPrefix={idPrefix}
        onCancel={() => requestClose(dialog.current)}
      />
    </Dialog>
  );
}
