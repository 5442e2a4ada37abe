/**
 * Reads one value ahead: fetches the next one while the reader works on the last. Stops as soon as
 * the reader stops.
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
