import { Icon } from "@/components/Icon.tsx";

interface PageLinksProps {
  /** URL of the page before; `null` on the first one. */
  readonly previous: string | null;
  readonly next: string | null;
}

/** Links to the pages before and after. */
export function PageLinks({ previous, next }: PageLinksProps) {
  return (
    <div class="row-actions">
      {previous && (
        <a class="btn btn-quiet" rel="prev" href={previous}>
          <Icon name="chevron-left" />Previous
        </a>
      )}
      {next && (
        <a class="btn btn-quiet" rel="next" href={next}>
          Next<Icon name="chevron-right" />
        </a>
      )}
    </div>
  );
}
