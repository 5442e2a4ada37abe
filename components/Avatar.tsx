import { thumbnailUrl } from "@/lib/shared/images.ts";

interface AvatarProps {
  readonly user_id: number;
  readonly username: string;
  readonly full_name: string;
  readonly image: string | null;
  readonly size?: "small" | "large";
}

/** Number of classes `avatar-1`, `avatar-2`, ... */
const GROUNDS = 8;

/** The picture of a user, or the initials on a colour of their own. Expects the name beside it. */
export function Avatar({ user_id, username, full_name, image, size = "small" }: AvatarProps) {
  const sizeClass = size === "large" ? " avatar-large" : "";
  if (image !== null) {
    const url = size === "large" ? image : thumbnailUrl(image);
    // The URL names the content, so browsers may cache it across builds.
    return (
      <img
        class={`avatar${sizeClass}`}
        src={url}
        alt=""
        width={96}
        height={96}
        data-fresh-disable-lock
      />
    );
  }
  return (
    <span class={`avatar avatar-${user_id % GROUNDS + 1}${sizeClass}`} aria-hidden="true">
      {initials(full_name || username)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/u).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked.map((word) => [...word ?? ""][0]?.toUpperCase()).join("");
}
