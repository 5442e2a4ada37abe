import { readFileSync } from "node:fs";
import { messageOf } from "@/lib/message_of.ts";
import type { Environment } from "./env_file.ts";

/** Settings with a password or a key in them. */
const SECRETS = ["DATABASE_URL", "PGPASSWORD", "FTP_URL", "SMTP_URL", "SECRET_KEY"] as const;

/** Names that say in which file a setting of {@linkcode SECRETS} lies. */
export const SECRET_FILE_NAMES: readonly string[] = SECRETS.map(fileNameOf);

/** Whether the value of a setting contains a password or a key. */
export function isSecret(name: string): boolean {
  return SECRET_FILE_NAMES.includes(fileNameOf(name));
}

/** The settings that lie in files. */
export interface SecretFiles {
  readonly env: Environment;
  /** Paths of the files. */
  readonly files: readonly string[];
  readonly faults: readonly string[];
}

/** Reads the settings that lie in files of their own, such as a vault or an orchestrator writes. */
export function readSecretFiles(env: Environment): SecretFiles {
  const found: Record<string, string> = {};
  const files: string[] = [];
  const faults: string[] = [];
  for (const name of SECRETS) {
    const variable = fileNameOf(name);
    const path = env[variable]?.trim();
    if (!path) continue;
    if (env[name]?.trim()) faults.push(`${name} and ${variable} are both set: leave one out`);
    files.push(path);
    try {
      found[name] = readFileSync(path, "utf8");
    } catch (error) {
      faults.push(
        `${variable} is "${path}": a file that can be read is allowed (${messageOf(error)})`,
      );
    }
  }
  return { env: found, files, faults };
}

function fileNameOf(name: string): string {
  return `${name}_FILE`;
}
