import type { ComponentChildren } from "preact";
import { Avatar } from "@/components/Avatar.tsx";
import { Name } from "@/components/Name.tsx";

interface PersonProps {
  readonly user_id: number;
  readonly username: string;
  readonly full_name: string;
  readonly image: string | null;
  /** A second line. */
  readonly children?: ComponentChildren;
}

/** A user in one line of a list: picture, name and more. */
export function Person({ children, ...user }: PersonProps) {
  const { full_name, username } = user;
  return (
    <div class="person">
      <Avatar {...user} />
      <div class="person-text">
        <div class="person-names">
          <Name class="fw-bold" text={full_name || username} />
          {full_name && <Name class="person-username" text={username} />}
        </div>
        {children}
      </div>
    </div>
  );
}
