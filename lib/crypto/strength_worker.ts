/** The thread of `password_judge.ts`. It answers each password with its strength. */
import { setPriority } from "node:os";
import { judgeWith, makeZxcvbn } from "@/lib/shared/strength.ts";
import { loadWordLists } from "./word_lists.ts";

/** A password to score. The answer is a `Strength`. */
export interface JudgeRequest {
  readonly password: string;
  readonly userInputs: readonly string[];
}

/** Unix niceness from -20 to 19. On busy cores pages go first. */
const NICENESS = 5;

lowerPriority();

const zxcvbn = await makeZxcvbn(await loadWordLists());

onmessage = async ({ data }: MessageEvent<JudgeRequest>) =>
  postMessage(await judgeWith(zxcvbn, data.password, data.userInputs));

postMessage("ready");

function lowerPriority(): void {
  // Only Linux has thread priorities. Elsewhere this would slow down the whole server.
  if (Deno.build.os !== "linux") return;
  try {
    setPriority(0, NICENESS);
  } catch (error) {
    // Without `--allow-sys=setPriority` the thread keeps its priority.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}
