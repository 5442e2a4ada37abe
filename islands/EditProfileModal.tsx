import { useSignal } from "@preact/signals";
import { Icon } from "@/components/Icon.tsx";
import type EditUserModal from "@/islands/EditUserModal.tsx";
import { callApi } from "@/lib/shared/api.ts";
import { announceProblem } from "@/lib/shared/toasts.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface EditProfileModalProps {
  readonly user_id: number;
}

/** The user as they are now, and the modal, which is larger than the rest of the page. */
interface Edited {
  readonly user: UserView;
  readonly Editor: typeof EditUserModal;
}

const LABEL = "Edit profile";
const NEXT = "/profile#edit_profile";

/**
 * Links to the page in which users edit their own profile. With script it opens the same form in a
 * modal.
 */
export default function EditProfileModal({ user_id }: EditProfileModalProps) {
  const edited = useSignal<Edited | undefined>(undefined);
  const page = `/edit_user?${new URLSearchParams({ user_id: String(user_id), next: NEXT })}`;

  async function open(event: MouseEvent) {
    // A new tab or window shows the page.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const [answer, { default: Editor }] = await Promise.all([
        callApi<UserView>("GET", `/edit_user?user_id=${user_id}`),
        import("@/islands/EditUserModal.tsx"),
      ]);
      if (answer.ok) edited.value = { user: answer.value, Editor };
      else announceProblem(answer.problem);
    } catch {
      // A newer server no longer has this page's scripts.
      location.assign(page);
    }
  }

  const { user, Editor } = edited.value ?? {};
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
