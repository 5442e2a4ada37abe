/** Writes a Markdown table. Columns are not aligned. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.map(escapeCell).join(" | ")} |\n`).join("");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/**
 * Replaces the first table under a heading.
 *
 * @throws {Error} if there is none.
 */
export function withTable(document: string, heading: string, table: string): string {
  const start = document.search(new RegExp(`^#+ ${heading}$`, "m"));
  const section = document.slice(start);
  const old = /^#[^\n]*\n(?:(?![#|]).*\n)*?((?:\|.*\n)+)/.exec(section)?.[1];
  if (start < 0 || old === undefined) throw new Error(`There is no table under ${heading}`);
  return document.slice(0, start) + section.replace(old, () => table);
}
