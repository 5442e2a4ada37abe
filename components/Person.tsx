import type { ComponentChildren } from "preact";
import { Avatar } from "@/components/Avatar.tsx";
import { Name } from "@/components/Name.tsx";
import { userPath } from "@/lib/shared/users.ts";

interface PersonProps {
  readonly user_id: number;
  readonly username: string;
  readonly full_name: string;
  readonly image: string | null;
  /** The box that chooses the user. */
  readonly tick?: ComponentChildren;
  /** A second line. */
  readonly children?: ComponentChildren;
}

/** A user in one line of a list for admins: picture, name that leads to the user's page, and more. */
export function Person({ tick, children, ...user }: PersonProps) {
  const { user_id, full_name, username } = user;
  return (
    <div class="person">
      {tick}
      <Avatar {...user} />
      <div>
        <div class="person-names">
          <a href={userPath(user_id)}>
            <Name text={full_name || username} />
          </a>
          {full_name && <Name text={username} />}
        </div>
        {children}
      </div>
    </div>
  );
}
