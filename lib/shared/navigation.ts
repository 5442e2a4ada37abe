import type { IconName } from "./icons.ts";
import type { Role } from "./users.ts";

/** A page that menus lead to. */
export interface NavItem {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** Its name in the account menu, if not the label. */
  readonly longLabel?: string;
  /** Pages that belong to it and have no entry of their own. */
  readonly pages?: readonly string[];
}

/** Entries under one caption. */
export interface NavGroup {
  readonly caption: string;
  readonly items: readonly NavItem[];
}

const ADMINISTRATION: NavGroup = {
  caption: "Administration",
  items: [
    { href: "/admin", label: "Dashboard", icon: "speedometer2" },
    {
      href: "/user_list",
      label: "Users",
      icon: "people",
      pages: [
        "/user",
        "/deleted_users",
        "/user_views",
        "/bulk_job",
        "/bulk_jobs",
        "/export_users",
        "/import_users",
        "/edit_user",
        "/delete_user",
        "/update_status",
        "/tag_user",
        "/demand_password",
        "/write_note",
        "/reset_two_factor",
        "/view_as",
        "/show_address",
      ],
    },
    {
      href: "/invitations",
      label: "Invitations",
      icon: "person-plus",
      pages: ["/copy_invitation"],
    },
    { href: "/emails", label: "E-mails", icon: "envelope" },
    { href: "/audit_log", label: "Audit log", icon: "journal-text" },
    { href: "/settings", label: "Settings", icon: "gear" },
  ],
};

/** The pages of every user. The account menu shows them too. */
export const MY_ACCOUNT: NavGroup = {
  caption: "My account",
  items: [
    { href: "/profile", label: "Profile", icon: "person", pages: ["/edit_user", "/delete_user"] },
    {
      href: "/security",
      label: "Security",
      icon: "shield-check",
      pages: [
        "/set_up_two_factor",
        "/recovery_codes",
        "/turn_off_two_factor",
        "/passkeys",
        "/remove_password",
        "/step_up",
        "/leave",
        "/download_data",
      ],
    },
    { href: "/change_password", label: "Password", icon: "key", longLabel: "Change password" },
    { href: "/sessions", label: "Sessions", icon: "laptop" },
    { href: "/api_keys", label: "API keys", icon: "braces" },
    { href: "/activity", label: "Activity", icon: "clock-history" },
  ],
};

const SUPPORT: NavGroup = {
  caption: "Support",
  items: ADMINISTRATION.items.filter(({ href }) => href === "/user_list"),
};

/** Returns the navigation groups for a user. */
export function navigationOf(role: Role): readonly NavGroup[] {
  if (role === "support") return [SUPPORT, MY_ACCOUNT];
  return role === "admin" ? [ADMINISTRATION, MY_ACCOUNT] : [MY_ACCOUNT];
}
