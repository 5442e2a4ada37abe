/**
 * Reads the next value while the reader is busy with the one before, and never more than that. If
 * the reader leaves, so does this.
 */
export async function* readAhead<T>(values: AsyncIterable<T>): AsyncGenerator<T> {
  const source = values[Symbol.asyncIterator]();
  let next = source.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = source.next();
      // It is thrown when the reader comes for this value.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await source.return?.();
  }
}
