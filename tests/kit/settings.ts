import { readSettings, SettingsError } from "@/lib/settings.ts";
import type { Environment } from "@/lib/settings/env_file.ts";

/** Returns the faults of an environment. */
export function faultsOf(env: Environment): readonly string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}
