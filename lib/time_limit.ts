/**
 * Returns what `work` resolves to, if in time. The work itself is not stopped.
 *
 * @param limitMs milliseconds
 * @throws {Error} when the time is up; otherwise what `work` throws.
 */
export async function inTime<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("No answer")), limitMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
