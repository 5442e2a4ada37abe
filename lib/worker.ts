/**
 * Starts the module `NAME_worker` that lies beside the calling module as a thread of its own. In
 * the built server each such module of `lib/` is a file beside the bundle, with `js` in the place
 * of `ts`.
 *
 * A fault of the thread ends this process unless its `error` event is handled and prevented.
 *
 * @param name `strength` for `strength_worker.ts`
 * @param caller `import.meta.url` of the calling module
 */
export function startWorker(name: string, caller: string): Worker {
  const extension = caller.slice(caller.lastIndexOf("."));
  return new Worker(new URL(`${name}_worker${extension}`, caller), { type: "module", name });
}
