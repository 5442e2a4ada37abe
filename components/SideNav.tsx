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
  return (
    <nav id="sidenav" class="sidenav" popover="auto" aria-label="Main">
      <Brand href="/" />
      {role === "admin" && <NavGroup caption="Administration" items={ADMIN_ITEMS} path={path} />}
      <NavGroup caption="My account" items={ACCOUNT_ITEMS} path={path} />
    </nav>
  );
}

interface NavGroupProps {
  readonly caption: string;
  readonly items: readonly NavItem[];
  readonly path: string;
}

function NavGroup({ caption, items, path }: NavGroupProps) {
  const [here] = path.split("?");
  return (
    <>
      <p class="nav-caption">{caption}</p>
      <ul class="nav flex-column">
        {items.map(({ href, label, icon }) => (
          <li key={href}>
            <a class="nav-link" href={href} aria-current={href === here ? "page" : undefined}>
              <Icon name={icon} />
              {label}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
