import { Brand } from "@/components/Brand.tsx";
import { Icon } from "@/components/Icon.tsx";
import type { IconName } from "@/lib/shared/icons.ts";
import type { Role } from "@/lib/shared/users.ts";

interface NavItem {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
}

const ADMIN_ITEMS: readonly NavItem[] = [
  { href: "/admin", label: "Dashboard", icon: "speedometer2" },
  { href: "/user_list", label: "Users", icon: "people" },
];

const ACCOUNT_ITEMS: readonly NavItem[] = [
  { href: "/profile", label: "Profile", icon: "person" },
  { href: "/change_password", label: "Password", icon: "key" },
];

interface SideNavProps {
  readonly role: Role;
  /** Path of the page, with its query. */
  readonly path: string;
}

/** The side navigation: beside the page where there is room, else behind a button of the top bar. */
export function SideNav({ role, path }: SideNavProps) {
  const [here = ""] = path.split("?");
  const place = { here, entry: entryOf(here, role) };
  return (
    <nav id="sidenav" class="sidenav" popover="auto" aria-label="Main">
      <Brand href="/" />
      {role === "admin" && <NavGroup caption="Administration" items={ADMIN_ITEMS} {...place} />}
      <NavGroup caption="My account" items={ACCOUNT_ITEMS} {...place} />
    </nav>
  );
}

/** The entry that a page belongs to, where none leads to the page itself. */
function entryOf(path: string, role: Role): string {
  switch (path) {
    case "/deleted_users":
      return "/user_list";
    case "/edit_user":
    case "/delete_user":
      return role === "admin" ? "/user_list" : "/profile";
    default:
      return path;
  }
}

interface NavGroupProps {
  readonly caption: string;
  readonly items: readonly NavItem[];
  /** Path of the page. */
  readonly here: string;
  /** Where the entry leads to that the page belongs to. */
  readonly entry: string;
}

function NavGroup({ caption, items, here, entry }: NavGroupProps) {
  const current = entry === here ? "page" : "true";
  return (
    <>
      <p class="nav-caption">{caption}</p>
      <ul class="nav flex-column">
        {items.map(({ href, label, icon }) => (
          <li key={href}>
            <a class="nav-link" href={href} aria-current={href === entry ? current : undefined}>
              <Icon name={icon} />
              {label}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
