import type { ComponentChildren } from "preact";
import { Avatar } from "@/components/Avatar.tsx";

interface PersonProps {
  readonly user_id: number;
  readonly username: string;
  readonly full_name: string;
  readonly image: string | null;
  /** A second line. */
  readonly children?: ComponentChildren;
}

/** A user in one line of a list: picture, name and what else is to be known. */
export function Person({ children, ...user }: PersonProps) {
  const { full_name, username } = user;
  return (
    <div class="person">
      <Avatar {...user} />
      <div class="person-text">
        <span title={full_name ? `${full_name}, ${username}` : username}>
          <strong>{full_name || username}</strong>
          {full_name && <span class="person-username">{username}</span>}
        </span>
        {children}
      </div>
    </div>
  );
}
