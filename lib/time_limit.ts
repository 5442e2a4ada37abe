/**
 * What `work` resolves to, if it does so in time. The work itself goes on: nobody waits for it.
 *
 * @param limitMs milliseconds
 * @throws {Error} when the time is over; otherwise what `work` throws.
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
