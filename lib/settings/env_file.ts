import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { messageOf } from "@/lib/message_of.ts";

/** Names and values, as in the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The content of a settings file. */
export interface EnvFile {
  readonly env: Environment;
  /** The reason if it cannot be read. */
  readonly fault?: string;
}

/** Reads a settings file in UTF-8, with any line ends. A missing file counts as empty. */
export function readEnvFile(path: string): EnvFile {
  if (!existsSync(path)) return { env: {} };
  try {
    return parse(path, readFileSync(path));
  } catch (error) {
    return { env: {}, fault: `${path} cannot be read: ${messageOf(error)}` };
  }
}

function parse(path: string, bytes: Uint8Array): EnvFile {
  // In UTF-16 every other byte of plain text is zero.
  if (bytes.includes(0)) return { env: {}, fault: `${path} is no UTF-8 text: save it as UTF-8` };
  try {
    // The decoder removes a byte order mark.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { env: parseEnv(text.replace(/\r\n?/g, "\n")) };
  } catch {
    return { env: {}, fault: `${path} is no UTF-8 text: save it as UTF-8` };
  }
}
