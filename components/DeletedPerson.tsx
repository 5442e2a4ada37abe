import { PageHeader } from "@/components/PageHeader.tsx";
import { SignInCauses } from "@/components/SignInCauses.tsx";
import type { DeletedPersonView } from "@/lib/shared/person.ts";

interface DeletedPersonProps {
  readonly view: DeletedPersonView;
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** The page of a user who is deleted and can be restored. */
export function DeletedPerson({ view: { deleted, causes }, viewer_id }: DeletedPersonProps) {
  return (
    <>
      <PageHeader title={deleted.username}>
        <span class="badge badge-danger">Deleted</span>
      </PageHeader>
      <SignInCauses
        user={deleted}
        can_sign_in={false}
        causes={causes}
        remarks={[`The e-mail address was ${deleted.email}`]}
        viewer_id={viewer_id}
      />
    </>
  );
}
