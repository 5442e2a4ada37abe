/** A page of rows with the newest first: at most `limit` after or before the row with an id. */
export interface IdPageQuery {
  readonly limit: number;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

/** A page of rows, with the ids that its neighbours begin after or before. */
export interface IdPage<Row> {
  readonly rows: Row[];
  readonly next: number | null;
  readonly previous: number | null;
}

/**
 * Makes a page of the rows that were found.
 *
 * @param found one row more than the limit if there are more. With `before` the oldest comes first.
 */
export function idPageOf<Row extends { readonly id: number }>(
  found: readonly Row[],
  { limit, after, before }: IdPageQuery,
): IdPage<Row> {
  const backwards = before !== undefined;
  const hasMore = found.length > limit;
  const rows = found.slice(0, limit);
  if (backwards) rows.reverse();
  return {
    rows,
    next: backwards || hasMore ? rows.at(-1)?.id ?? null : null,
    previous: (backwards ? hasMore : after !== undefined) ? rows[0]?.id ?? null : null,
  };
}
