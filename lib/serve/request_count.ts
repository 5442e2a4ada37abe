import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 20;

/** Counts requests from arrival until the answer is sent. */
export class RequestCount {
  #underWay = 0;

  /** Counts a request. */
  follow({ completed }: Deno.ServeHandlerInfo): void {
    this.#underWay++;
    // `completed` rejects if the client has gone away.
    completed.catch(() => {}).finally(() => this.#underWay--);
  }

  /** Resolves when no request is pending. */
  async none(): Promise<void> {
    while (this.#underWay > 0) await pause(POLL_MS);
  }
}
