/** What a further thread tells the one that has started it. */
type Word = "serving" | "ended";

/** Whether this thread was started by another one of the same process. */
export function isFurtherThread(): boolean {
  return "DedicatedWorkerGlobalScope" in globalThis;
}

/** Says to the thread that has started this one how far it is. */
export function tellStarter(word: Word): void {
  const { postMessage }: { postMessage(message: Word): void } = globalThis as never;
  postMessage(word);
}

/** Another thread of this process that serves. */
export class Thread {
  readonly #worker: Worker;
  readonly #serving: Promise<void>;
  readonly #ended: Promise<void>;
  /** Resolves to what went wrong, if the thread fails. */
  readonly failed: Promise<Error>;

  /** @param entry the module that it runs */
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

  /** Has the thread end in order, and resolves when it has. */
  async end(): Promise<void> {
    // What is sent before it listens is lost.
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
