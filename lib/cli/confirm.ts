import { confirm, input } from "@inquirer/prompts";
import { TaskError, UsageError } from "./errors.ts";

/**
 * Asks before a step that loses data or gives somebody more rights.
 *
 * @throws {TaskError} if the answer is no; {@linkcode UsageError} without a terminal.
 */
export async function confirmStep(question: string): Promise<void> {
  if (!Deno.stdin.isTerminal()) {
    throw new UsageError("Add --yes, because there is no terminal to ask on");
  }
  if (!await confirm({ message: question, default: false })) {
    throw new TaskError("Nothing was changed");
  }
}

/**
 * Requires the name of the database that is about to lose data, typed or passed as `--database`.
 *
 * @throws {TaskError} if it is a different one; {@linkcode UsageError} without a terminal.
 */
export async function confirmName(name: string, given: string | undefined): Promise<void> {
  if (given === undefined && !Deno.stdin.isTerminal()) {
    throw new UsageError(`In production also add --database ${name}`);
  }
  const typed = given ?? await input({ message: `Type ${name} to continue:` });
  if (typed === name) return;
  throw new TaskError(`The database is ${name}, not ${typed}: nothing was changed`);
}
