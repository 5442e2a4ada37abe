/** The thread of `password_judge.ts`. It answers each password with its strength. */
import { setPriority } from "node:os";
import { dictionary } from "@zxcvbn-ts/language-common";
import { judgeWith, makeZxcvbn, type Strength } from "@/lib/shared/strength.ts";
import { loadWordLists } from "./word_lists.ts";

/** A password to score. The answer is a `Judgement`. */
export interface JudgeRequest {
  readonly password: string;
  readonly userInputs: readonly string[];
}

/** Unix niceness from -20 to 19. On busy cores pages go first. */
const NICENESS = 5;

/** A verdict on a password. */
export interface Judgement extends Strength {
  /** Whether it is on a list of common passwords as it stands, in any case. */
  readonly isCommon: boolean;
}

lowerPriority();

const zxcvbn = await makeZxcvbn(await loadWordLists());
const common = new Set<unknown>(dictionary["passwords-common"]);

onmessage = async ({ data: { password, userInputs } }: MessageEvent<JudgeRequest>) => {
  const strength = await judgeWith(zxcvbn, password, userInputs);
  postMessage({ ...strength, isCommon: common.has(password.toLowerCase()) } satisfies Judgement);
};

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
