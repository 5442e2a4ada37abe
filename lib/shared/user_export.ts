import { PROFILE_FIELDS } from "./profile_form.ts";
import type { ExportedUserView } from "./operation_views.ts";

type ExportColumn = keyof ExportedUserView;

/** The columns of an export of users. */
export const EXPORT_COLUMNS: readonly ExportColumn[] = [
  "user_id",
  "username",
  "email",
  "email_verified",
  "role",
  "status",
  "status_reason",
  "suspended_until",
  "locked_until",
  ...PROFILE_FIELDS,
  "tags",
  "created_at",
  "last_login_at",
];
