/** Long enough for somebody to turn pages, and short enough that nobody misses a change. */
const KEPT_MS = 60_000;
const MAX_KEPT = 500;

/**
 * Keeps the estimated totals of searches and filters in this process for a minute, because counting
 * takes longer than reading a page.
 */
export class KeptTotals {
  readonly #totals = new Map<string, { readonly total: number; readonly until: number }>();

  /** Returns the total that was kept under this key in the last minute. */
  get(key: string): number | undefined {
    const kept = this.#totals.get(key);
    return kept && kept.until > Date.now() ? kept.total : undefined;
  }

  /** Keeps a total, and forgets the oldest ones. */
  keep(key: string, total: number): void {
    this.#totals.delete(key);
    this.#totals.set(key, { total, until: Date.now() + KEPT_MS });
    for (const oldest of this.#totals.keys()) {
      if (this.#totals.size <= MAX_KEPT) break;
      this.#totals.delete(oldest);
    }
  }
}
