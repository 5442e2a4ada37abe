/** Tells open pages by server-sent events which revision of the application is running. */
export class LiveReload {
  /** Differs after a restart of the process. */
  readonly #process = crypto.randomUUID();
  readonly #pages = new Set<ReadableStreamDefaultController<Uint8Array>>();
  #revision = 0;

  /** Opens the event stream of one page. */
  connect(): Response {
    let page: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        page = controller;
        this.#pages.add(page);
        page.enqueue(this.#message());
      },
      cancel: () => {
        this.#pages.delete(page);
      },
    });
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    return new Response(stream, { headers });
  }

  /** Reloads every open page. */
  announce(): void {
    this.#revision++;
    for (const page of this.#pages) page.enqueue(this.#message());
  }

  /** Ends all streams. */
  close(): void {
    for (const page of this.#pages) page.close();
    this.#pages.clear();
  }

  /** `retry` is in milliseconds, and short because a restart is quick. */
  #message(): Uint8Array {
    return new TextEncoder().encode(`retry: 250\ndata: ${this.#process}.${this.#revision}\n\n`);
  }
}
