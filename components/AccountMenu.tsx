import { Avatar } from "@/components/Avatar.tsx";
import { Icon } from "@/components/Icon.tsx";
import { Name } from "@/components/Name.tsx";
import { MY_ACCOUNT } from "@/lib/shared/navigation.ts";
import type { Viewer } from "@/lib/shared/views.ts";

interface AccountMenuProps {
  readonly viewer: Viewer;
}

/** Who is signed in, and the way out. */
export function AccountMenu({ viewer }: AccountMenuProps) {
  return (
    <div class="account">
      <button type="button" class="topbar-button" popovertarget="account_menu">
        <Avatar {...viewer} />
        <span class="visually-hidden">Account of</span>
        <Name text={viewer.username} />
      </button>
      <div id="account_menu" class="dropdown-menu account-menu" popover="auto">
        <div class="account-card">
          <Name class="fw-bold" text={viewer.full_name || viewer.username} />
          {viewer.full_name && <Name class="text-body-secondary" text={viewer.username} />}
        </div>
        <hr class="dropdown-divider" />
        {MY_ACCOUNT.items.map(({ href, label, longLabel = label, icon }) => (
          <a key={href} class="dropdown-item" href={href}>
            <Icon name={icon} />
            {longLabel}
          </a>
        ))}
        <hr class="dropdown-divider" />
        <form method="post" action="/logout">
          <button type="submit" class="dropdown-item">
            <Icon name="box-arrow-right" />Sign out
          </button>
        </form>
      </div>
    </div>
  );
}
