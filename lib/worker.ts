/**
 * Starts the module `NAME_worker` beside the calling module in a thread. In the built server each
 * such module of `lib/` is a file beside the bundle, named `.js` instead of `.ts`.
 *
 * An error of the thread ends this process unless its `error` event is handled and prevented.
 *
 * @param name `strength` for `strength_worker.ts`
 * @param caller `import.meta.url` of the calling module
 */
export function startWorker(name: string, caller: string): Worker {
  const extension = caller.slice(caller.lastIndexOf("."));
  return new Worker(new URL(`${name}_worker${extension}`, caller), { type: "module", name });
}
