interface NameProps {
  readonly text: string;
  readonly class?: string;
}

/**
 * A person's name or other text on one line. Long text is cut, with all of it in the title.
 * Right-to-left text does not reorder the words around it.
 */
export function Name({ text, class: className }: NameProps) {
  return <bdi class={className} title={text}>{text}</bdi>;
}
