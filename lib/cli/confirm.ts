import { confirm, input } from "@inquirer/prompts";
import { TaskError, UsageError } from "./errors.ts";

/**
 * Asks before something is lost.
 *
 * @throws {TaskError} if the answer is no; {@linkcode UsageError} if nobody can answer.
 */
export async function confirmLoss(question: string): Promise<void> {
  if (!Deno.stdin.isTerminal()) throw new UsageError("Say --yes, since nobody can be asked");
  if (!await confirm({ message: question, default: false })) {
    throw new TaskError("Nothing was changed");
  }
}

/**
 * Wants the name of what is about to lose something, typed or given by the option `--database`.
 *
 * @throws {TaskError} if it is another one; {@linkcode UsageError} if nobody can type it.
 */
export async function confirmName(name: string, given: string | undefined): Promise<void> {
  if (given === undefined && !Deno.stdin.isTerminal()) {
    throw new UsageError(`In production also say --database ${name}`);
  }
  const typed = given ?? await input({ message: `Type ${name} to go on:` });
  if (typed === name) return;
  throw new TaskError(`The database is ${name} and not ${typed}: nothing was changed`);
}
