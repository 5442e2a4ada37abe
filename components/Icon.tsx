import type { IconName } from "@/lib/shared/icons.ts";

interface IconProps {
  readonly name: IconName;
}

/**
 * An icon in the colour of the text, inside the Shell. It only repeats the text beside it, and has no content that a
 * screen reader could read.
 */
export function Icon({ name }: IconProps) {
  return <i class={`icon-${name}`} />;
}

/** The class of a button or link that shows only an icon. */
export function iconButton(name: IconName): string {
  return `btn icon-${name}`;
}
