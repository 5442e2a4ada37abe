import EditUserModal from "@/islands/EditUserModal.tsx";

interface EditProfileModalProps {
  readonly user_id: number;
}

/** The modal in which users edit their own profile. */
export default function EditProfileModal(props: EditProfileModalProps) {
  const next = "/profile#edit_profile";
  return (
    <EditUserModal
      {...props}
      id="edit_profile"
      asAdmin={false}
      viewer_id={props.user_id}
      next={next}
      label="Edit profile"
    />
  );
}
