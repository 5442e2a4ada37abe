import type { TaskActor } from "@/lib/domain/actor.ts";
import type { Services } from "@/lib/domain/services.ts";
import type { Texts } from "@/lib/shared/form.ts";

/** Who does all of it. */
export const ACTOR: TaskActor = { kind: "task", name: "users" };

/** Output of an action, for people and as JSON. */
export interface Said {
  readonly text: string;
  readonly json: unknown;
}

/** Input of an action. */
export interface ActionInput {
  readonly services: Services;
  /** The words after the action. */
  readonly words: readonly string[];
  /** Command-line options with a value. */
  readonly texts: Texts;
  /** Whether nothing is to be changed. */
  readonly dryRun: boolean;
  /** Asks before a step, unless `--yes` is given. @throws if the answer is no */
  confirm(question: string): Promise<void>;
}

/** An action of `deno task users`. */
export interface Action {
  /** The words that follow it on the command line. */
  readonly words: readonly string[];
  /** Its line in the help. */
  readonly help: string;
  /** The question before it runs, unless `--yes` is given. */
  readonly asks?: (input: ActionInput) => Promise<string>;
  /** It heeds `dryRun` itself, because it works in the background and not in one transaction. */
  readonly rehearsesItself?: true;
  run(input: ActionInput): Promise<Said>;
}
