interface NameProps {
  readonly text: string;
  readonly class?: string;
}

/**
 * A name, or another text of a person, in one line: cut where there is no room, with the whole in
 * its title. Written from right to left, it does not reorder the words around it.
 */
export function Name({ text, class: className }: NameProps) {
  return <bdi class={`text-truncate${className ? ` ${className}` : ""}`} title={text}>{text}</bdi>;
}
