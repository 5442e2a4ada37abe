/**
 * Loaded before each test module (`deno test --preload`). Console output fails a test, unless the
 * test captures it with `captureConsole()`.
 */
import { type ConsoleLine, interceptConsole } from "./console.ts";

let lines: ConsoleLine[] = [];
let stop = () => {};

Deno.test.beforeEach(() => {
  lines = [];
  stop = interceptConsole((line) => lines.push(line));
});

Deno.test.afterEach(() => {
  stop();
  if (lines.length === 0) return;
  const written = lines.map(({ level, text }) => `  ${level}: ${text}`).join("\n");
  throw new Error(`The test wrote to the console:\n${written}`);
});
