import type { RunnerEnd } from "./report.ts";
import { tempFolder } from "./temp.ts";

/** A test without output for longer than this hangs. */
const SILENCE_LIMIT_MS = 5 * 60 * 1000;

/**
 * Compiles WebAssembly once and quickly, without optimising it later. PGlite runs only for seconds
 * in each test module and process, and the second compilation took most of them.
 */
const QUICK_START = "--liftoff-only";

/** Options of {@linkcode runDenoTest}. */
export interface Run {
  /** Arguments for `deno test`. */
  readonly args: readonly string[];
  /** Environment variables for the tests. */
  readonly env: Record<string, string>;
  /** Ends the run. */
  readonly signal: AbortSignal;
}

/** Runs `deno test`, shows its output, and ends it when it hangs. */
export async function runDenoTest({ args, env, signal }: Run): Promise<RunnerEnd> {
  await using folder = await tempFolder();
  const junitFile = `${folder.path}/junit.xml`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "-A",
      // `deno task ok` checks the types.
      "--no-check",
      "--parallel",
      "--preload=tests/kit/preload.ts",
      `--junit-path=${junitFile}`,
      ...args,
    ],
    env: { ...env, DENO_V8_FLAGS: QUICK_START },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const end = () => child.kill("SIGKILL");
  const watch = watchSilence(end);
  signal.addEventListener("abort", end);
  const [output] = await Promise.all([
    show(child.stdout, Deno.stdout, watch.heard),
    show(child.stderr, Deno.stderr, watch.heard),
  ]);
  const { code } = await child.status;
  signal.removeEventListener("abort", end);
  watch.stop();
  return { exitCode: code, output, junit: await readIfPresent(junitFile) };
}

/** Copies a stream to the user's terminal and returns its text. */
async function show(
  stream: ReadableStream<Uint8Array>,
  to: typeof Deno.stdout,
  heard: () => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    heard();
    text += decoder.decode(chunk, { stream: true });
    to.writeSync(chunk);
  }
  return text;
}

/** Calls `end` after {@linkcode SILENCE_LIMIT_MS} without output. */
function watchSilence(end: () => void) {
  let timer = setTimeout(end, SILENCE_LIMIT_MS);
  return {
    heard() {
      clearTimeout(timer);
      timer = setTimeout(end, SILENCE_LIMIT_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
