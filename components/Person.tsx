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
  return (
    <div class="person">
      <Avatar {...user} />
      <div class="person-text">
        <strong title={user.full_name || user.username}>{user.full_name || user.username}</strong>
        {children}
      </div>
    </div>
  );
}
