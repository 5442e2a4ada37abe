/** Messages from a further thread to the first one. */
type Word = "serving" | "ended";

/** Whether this thread was started by another one of the same process. */
export function isFurtherThread(): boolean {
  return "DedicatedWorkerGlobalScope" in globalThis;
}

/** Tells the thread that started this one how far it is. */
export function tellStarter(word: Word): void {
  const { postMessage }: { postMessage(message: Word): void } = globalThis as never;
  postMessage(word);
}

/** Another serving thread of this process. */
export class Thread {
  readonly #worker: Worker;
  readonly #serving: Promise<void>;
  readonly #ended: Promise<void>;
  /** Resolves to the error if the thread fails. */
  readonly failed: Promise<Error>;

  /** @param entry the module to run */
  constructor(entry: string) {
    this.#worker = new Worker(entry, { type: "module" });
    this.#serving = this.#heard("serving");
    this.#ended = this.#heard("ended");
    this.failed = new Promise((resolve) => {
      this.#worker.addEventListener("error", (event) => {
        event.preventDefault();
        resolve(new Error(event.message));
      });
    });
  }

  /** Ends the thread in order. */
  async end(): Promise<void> {
    // A message sent before the thread listens is lost.
    await this.#serving;
    this.#worker.postMessage("end");
    await this.#ended;
  }

  #heard(word: Word): Promise<void> {
    return new Promise((resolve) => {
      this.#worker.addEventListener("message", ({ data }: MessageEvent<Word>) => {
        if (data === word) resolve();
      });
    });
  }
}
