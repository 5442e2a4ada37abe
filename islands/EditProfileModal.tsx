import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Icon } from "@/components/Icon.tsx";
import type EditUserModal from "@/islands/EditUserModal.tsx";
import { loadModal, openInstead } from "@/lib/shared/dialogs.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface EditProfileModalProps {
  readonly user_id: number;
}

const LABEL = "Edit profile";
const NEXT = "/profile#edit_profile";

/**
 * Links to the page in which users edit their own profile. With script it opens the same form in a
 * modal.
 */
export default function EditProfileModal({ user_id }: EditProfileModalProps) {
  const edited = useSignal<
    { readonly value: UserView; readonly Modal: typeof EditUserModal } | undefined
  >(undefined);
  const page = `/edit_user?${new URLSearchParams({ user_id: String(user_id), next: NEXT })}`;

  const open = (event: JSX.TargetedMouseEvent<HTMLAnchorElement>) =>
    openInstead(event, event.currentTarget, async () => {
      edited.value = await loadModal(page, import("@/islands/EditUserModal.tsx"));
    });

  const { value: user, Modal: Editor } = edited.value ?? {};
  return (
    <>
      <a id="edit_profile" class="btn btn-primary" href={page} onClick={open}>
        <Icon name="pencil" />
        {LABEL}
      </a>
      {user && Editor && (
        <Editor
          user={user}
          title={LABEL}
          asAdmin={false}
          viewer_id={user_id}
          next={NEXT}
          onClose={() => edited.value = undefined}
        />
      )}
    </>
  );
}
