import { pause } from "./ending.ts";

const POLL_MS = 20;

/** Counts requests from their arrival until their answer is sent. */
export class RequestCount {
  #underWay = 0;

  /** Counts a request. */
  follow({ completed }: Deno.ServeHandlerInfo): void {
    this.#underWay++;
    // It rejects where the client has gone away.
    completed.catch(() => {}).finally(() => this.#underWay--);
  }

  /** Resolves when none is under way. */
  async none(): Promise<void> {
    while (this.#underWay > 0) await pause(POLL_MS);
  }
}
