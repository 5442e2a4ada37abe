import type { ComponentChildren } from "preact";

interface PageHeaderProps {
  readonly title: string;
  readonly lead?: string;
  /** What can be done on the page as a whole. */
  readonly children?: ComponentChildren;
}

/** The heading of a page in the shell. */
export function PageHeader({ title, lead, children }: PageHeaderProps) {
  return (
    <div class="page-header">
      <div>
        <h1>{title}</h1>
        {lead && <p class="text-body-secondary">{lead}</p>}
      </div>
      {children}
    </div>
  );
}
