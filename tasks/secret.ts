import { runTask, type Task } from "@/lib/cli/task.ts";
import { randomToken } from "@/lib/crypto/token.ts";

/** `deno task secret` */
export const secret: Task<Record<never, never>> = {
  name: "secret",
  summary: "Makes a key for SECRET_KEY and prints it. Nothing is stored.",
  usage: "",
  examples: ["secret"],
  options: {},
  run() {
    console.log(randomToken());
    return Promise.resolve();
  },
};

if (import.meta.main) Deno.exit(await runTask(secret, Deno.args));
