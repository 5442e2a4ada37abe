import type { User } from "@/lib/repo/users.ts";
import type { ShownProfile } from "@/lib/repo/user_profiles.ts";
import {
  columnOf,
  PROFILE_FIELDS,
  type ProfileColumn,
  type ProfileValues,
} from "@/lib/shared/profile_form.ts";
import type { UserView } from "@/lib/shared/views.ts";

/**
 * Returns the fields of a user that may leave the server. Database rows never do.
 *
 * @param audience admins see more than the user does
 */
export function userView(
  user: User,
  profile: ShownProfile | undefined,
  audience: "own" | "admin",
): UserView {
  return {
    user_id: user.id,
    username: user.username,
    email: user.email,
    email_verified: user.email_verified_at !== null,
    new_email: user.new_email,
    role: user.role,
    status: user.status,
    ...profileValues(user, profile),
    image: profile?.image ?? null,
    created_at: user.created_at.toISOString(),
    updated_at: user.updated_at.toISOString(),
    last_login_at: timestamp(user.last_login_at),
    version: user.version,
    ...(audience === "admin" && {
      admin: {
        failed_logins: user.failed_logins,
        locked_until: timestamp(user.locked_until),
        status_reason: user.status_reason,
        suspended_until: timestamp(user.suspended_until),
      },
    }),
  };
}

/** Returns the texts of a profile, which a user may not have for a moment. */
export function profileValues(
  user: Pick<User, "email">,
  profile: Readonly<Record<ProfileColumn, string>> | undefined,
): ProfileValues {
  const missing: Partial<ProfileValues> = { contact_email: user.email };
  const entries = PROFILE_FIELDS.map((field) => [
    field,
    profile?.[columnOf(field)] ?? missing[field] ?? "",
  ]);
  return Object.fromEntries(entries) as ProfileValues;
}

function timestamp(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
