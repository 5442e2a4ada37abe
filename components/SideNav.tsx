import { Fragment } from "preact";
import { Brand } from "@/components/Brand.tsx";
import { Icon } from "@/components/Icon.tsx";
import { navigationOf } from "@/lib/shared/navigation.ts";
import type { Role } from "@/lib/shared/users.ts";

interface SideNavProps {
  readonly role: Role;
  /** Path of the page, with its query. */
  readonly path: string;
}

/**
 * The side navigation: beside the page if there is room, else opened by a button of the top bar.
 */
export function SideNav({ role, path }: SideNavProps) {
  const [here = ""] = path.split("?");
  const groups = navigationOf(role);
  // The first entry that the page belongs to.
  const entry = groups.flatMap(({ items }) => items)
    .find(({ href, pages }) => href === here || pages?.includes(here));
  return (
    <nav id="sidenav" class="sidenav" popover="auto" aria-label="Main">
      <Brand href="/" />
      {groups.map(({ caption, items }) => (
        <Fragment key={caption}>
          <p class="nav-caption">{caption}</p>
          <ul class="nav flex-column">
            {items.map((item) => (
              <li key={item.href}>
                <a
                  class="nav-link"
                  href={item.href}
                  aria-current={item !== entry ? undefined : item.href === here ? "page" : "true"}
                >
                  <Icon name={item.icon} />
                  {item.label}
                </a>
              </li>
            ))}
          </ul>
        </Fragment>
      ))}
    </nav>
  );
}
