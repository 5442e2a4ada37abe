import type { ComponentChildren, VNode } from "preact";
import { Icon } from "@/components/Icon.tsx";
import { PageLinks } from "@/components/PageLinks.tsx";
import type { IconName } from "@/lib/shared/icons.ts";

interface NewestFirstProps {
  /** The rows of this page. */
  readonly children: readonly VNode[];
  /** Where the list is. */
  readonly path: string;
  /** The fields of its filter. */
  readonly filter?: Readonly<Record<string, string>>;
  /** The id after which the next page begins. */
  readonly next: number | null;
  /** The id before which the previous page ends. */
  readonly previous: number | null;
  /** Shown below the rows, in the place of "Newest first". */
  readonly note?: ComponentChildren;
  /** Shown instead of a list without rows. */
  readonly empty: { readonly icon: IconName; readonly title: string; readonly text: string };
}

/** A list in pages, newest first. */
export function NewestFirst(
  { children, path, filter = {}, next, previous, note, empty }: NewestFirstProps,
) {
  const pathOf = (cursor: Readonly<Record<string, string>>) =>
    `${path}?${new URLSearchParams({ ...filter, ...cursor })}`;
  if (children.length === 0 && previous === null && !note) {
    return (
      <div class="card empty">
        <Icon name={empty.icon} />
        <h2>{empty.title}</h2>
        <p class="text-body-secondary m-0">{empty.text}</p>
      </div>
    );
  }
  return (
    <section class="card">
      {children.length > 0 && <ul class="lines">{children}</ul>}
      {(previous !== null || next !== null) && (
        <nav class="pager" aria-label="Pages">
          <span>{note || "Newest first"}</span>
          <PageLinks
            previous={previous === null ? null : pathOf({ before: String(previous) })}
            next={next === null ? null : pathOf({ after: String(next) })}
          />
        </nav>
      )}
    </section>
  );
}
