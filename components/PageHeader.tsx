import type { ComponentChildren } from "preact";

interface PageHeaderProps {
  readonly title: string;
  /** What can be done on the page as a whole. */
  readonly children?: ComponentChildren;
}

/** The heading of a page in the shell. */
export function PageHeader({ title, children }: PageHeaderProps) {
  return (
    <div class="page-header">
      <h1>{title}</h1>
      {children}
    </div>
  );
}
