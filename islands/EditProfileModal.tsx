import EditUserModal from "@/islands/EditUserModal.tsx";

interface EditProfileModalProps {
  readonly user_id: number;
  readonly name: string;
}

/** The modal with which users edit their own profile. */
export default function EditProfileModal(props: EditProfileModalProps) {
  return <EditUserModal {...props} asAdmin={false} own label="Edit profile" />;
}
