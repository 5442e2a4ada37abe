import { parseArgs, type ParseArgsOptionDescriptor } from "node:util";
import { UsageError } from "./errors.ts";
import { failureText } from "./failure.ts";

/** An option as `parseArgs` takes it, with its help text. */
export type TaskOption = ParseArgsOptionDescriptor & {
  readonly help: string;
  /** What a string option takes, such as `FILE`. */
  readonly placeholder?: string;
};

/** Options by long name. */
export type TaskOptions = Readonly<Record<string, TaskOption>>;

/** The arguments of a task: its options and its words. */
export interface TaskArguments<O extends TaskOptions> {
  readonly values: ReturnType<typeof parseOptions<O>>["values"];
  readonly positionals: readonly string[];
}

/** A command of `deno task`. */
export interface Task<O extends TaskOptions> {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  /** What may follow the name, such as `[up|down]`. */
  readonly usage: string;
  /** Command lines that show it, without `deno task`. */
  readonly examples: readonly string[];
  readonly options: O;
  /** Whether words may stand beside the options. */
  readonly takesWords?: true;
  /**
   * Runs the task. Returns an exit code if it has reported a failure itself.
   *
   * @throws {UsageError} for invalid arguments.
   * @throws {TaskError} for failures that the caller can fix.
   */
  run(args: TaskArguments<O>): Promise<ExitCode | void>;
}

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Runs a task with its command-line arguments and reports failures on stderr. */
export async function runTask<O extends TaskOptions>(
  task: Task<O>,
  args: readonly string[],
): Promise<ExitCode> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(helpOf(task));
    return 0;
  }
  try {
    return await task.run(parseUsage(task, args)) ?? 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}: see deno task ${task.name} --help`);
      return 2;
    }
    console.error(failureText(error));
    return 1;
  }
}

/** Writes the text of `--help`. */
function helpOf<O extends TaskOptions>(
  { name, summary, usage, examples, options }: Task<O>,
): string {
  const help = { help: "show this", type: "boolean", short: "h" } satisfies TaskOption;
  const rows = Object.entries<TaskOption>({ ...options, help }).map(([long, option]) => {
    const short = option.short ? `-${option.short}, ` : "    ";
    const value = option.type === "string" ? ` ${option.placeholder ?? "VALUE"}` : "";
    return [`  ${short}--${long}${value}`, option.help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    summary,
    "",
    `Usage: deno task ${name} ${usage}`.trimEnd(),
    "",
    "Options:",
    ...rows.map(([left, right]) => left.padEnd(width) + right),
    "",
    examples.length === 1 ? "Example:" : "Examples:",
    ...examples.map((example) => `  deno task ${example}`),
    "",
    "Exit: 0 done, 1 failed, 2 wrong usage",
  ].join("\n");
}

function parseUsage<O extends TaskOptions>(task: Task<O>, args: readonly string[]) {
  try {
    return parseOptions(task.options, args, task.takesWords ?? false);
  } catch (error) {
    // Node's message goes on with hints. Its first sentence is enough.
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(error.message.split(". ")[0] ?? error.message, { cause: error });
  }
}

function parseOptions<O extends TaskOptions>(
  options: O,
  args: readonly string[],
  allowPositionals: boolean,
) {
  return parseArgs({ args: [...args], options, allowPositionals, strict: true });
}
