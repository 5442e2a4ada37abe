import { createHash, randomUUID } from "node:crypto";

/** Variables in which platforms name what they deploy. */
const DEPLOYMENT_VARIABLES = ["DENO_DEPLOYMENT_ID", "GITHUB_SHA", "CI_COMMIT_SHA"];
const PUBLIC_PREFIX = "FRESH_PUBLIC_";

/** A name for this build: the same for the same deployment, else random. 40 hexadecimal digits. */
export function newBuildId(): string {
  const name = DEPLOYMENT_VARIABLES.map((variable) => Deno.env.get(variable)).find(Boolean);
  return createHash("sha1").update(name ?? randomUUID()).digest("hex");
}

/** The environment variables that islands may see. */
export function publicEnvironment(): Record<string, string> {
  const entries = Object.entries(Deno.env.toObject());
  return Object.fromEntries(entries.filter(([name]) => name.startsWith(PUBLIC_PREFIX)));
}
