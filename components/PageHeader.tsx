import type { ComponentChildren } from "preact";
import { Title } from "@/components/Title.tsx";

interface PageHeaderProps {
  readonly title: string;
  /** What can be done on the page as a whole. */
  readonly children?: ComponentChildren;
}

/** The heading of a page in the shell, and the title of the document. */
export function PageHeader({ title, children }: PageHeaderProps) {
  return (
    <div class="page-header">
      <Title text={title} />
      {children}
    </div>
  );
}
