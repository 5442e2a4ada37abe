/** The thread of `password_judge.ts`: each message to it is a password, each answer its strength. */
import { setPriority } from "node:os";
import { judgeWith, makeZxcvbn } from "@/lib/shared/strength.ts";
import { loadWordLists } from "./word_lists.ts";

/** A password to judge; the answer is a `Strength`. */
export interface JudgeRequest {
  readonly password: string;
  readonly userInputs: readonly string[];
}

/** Of Unix's -20 to 19: pages go first where all cores are busy. */
const NICENESS = 5;

lowerPriority();

const zxcvbn = await makeZxcvbn(await loadWordLists());

onmessage = async ({ data }: MessageEvent<JudgeRequest>) =>
  postMessage(await judgeWith(zxcvbn, data.password, data.userInputs));

postMessage("ready");

function lowerPriority(): void {
  // Only Linux has priorities of threads; elsewhere this would slow down the whole server.
  if (Deno.build.os !== "linux") return;
  try {
    setPriority(0, NICENESS);
  } catch (error) {
    // Not allowed to a server without `--allow-sys=setPriority`, and no reason to fail.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}
