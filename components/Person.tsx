import type { ComponentChildren } from "preact";
import { Avatar } from "@/components/Avatar.tsx";
import { Name } from "@/components/Name.tsx";
import { userPath } from "@/lib/shared/users.ts";

interface PersonProps {
  readonly user_id: number;
  readonly username: string;
  readonly full_name: string;
  readonly image: string | null;
  /** A second line. */
  readonly children?: ComponentChildren;
}

/** A user in one line of a list for admins: picture, name that leads to the user's page, and more. */
export function Person({ children, ...user }: PersonProps) {
  const { user_id, full_name, username } = user;
  return (
    <div class="person">
      <Avatar {...user} />
      <div class="person-text">
        <div class="person-names">
          <a class="quiet-link person-link" href={userPath(user_id)}>
            <Name class="fw-bold" text={full_name || username} />
          </a>
          {full_name && <Name class="person-username" text={username} />}
        </div>
        {children}
      </div>
    </div>
  );
}
