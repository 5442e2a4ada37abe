import { asset } from "fresh/runtime";
import type { IconName } from "@/lib/shared/icons.ts";

interface IconProps {
  readonly name: IconName;
}

/** An icon of the sprite. It only repeats the text beside it. */
export function Icon({ name }: IconProps) {
  return (
    <svg class="icon" aria-hidden="true">
      <use href={`${asset("/icons.svg")}#${name}`} />
    </svg>
  );
}
