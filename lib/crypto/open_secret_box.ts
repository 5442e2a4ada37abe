import { randomToken } from "@/lib/crypto/token.ts";
import type { Settings } from "@/lib/settings.ts";
import { createSecretBox, type SecretBox } from "./secret_box.ts";

/**
 * Opens the box with the keys of the settings. Without keys, development makes one when it is first
 * needed; elsewhere there is no box, and nothing that needs one is offered.
 *
 * @param folder where development keeps its key
 */
export function openSecretBox(
  { secretKeys, appEnv }: Pick<Settings, "secretKeys" | "appEnv">,
  folder = ".data",
): SecretBox | undefined {
  if (secretKeys) return createSecretBox(secretKeys);
  return appEnv === "development" ? boxOfDevelopment(folder) : undefined;
}

function boxOfDevelopment(folder: string): SecretBox {
  let opened: Promise<SecretBox> | undefined;
  const box = () => opened ??= readOrMakeKey(folder).then((key) => createSecretBox([key]));
  return {
    seal: async (text, use) => (await box()).seal(text, use),
    open: async (sealed, use) => (await box()).open(sealed, use),
    isOutdated: async (sealed) => (await box()).isOutdated(sealed),
    knowsKeyOf: async (sealed) => (await box()).knowsKeyOf(sealed),
  };
}

/** Of two processes that make it at the same time, the second takes the first one's. */
async function readOrMakeKey(folder: string): Promise<string> {
  const file = `${folder}/secret_key`;
  const found = await readKey(file);
  if (found !== undefined) return found;
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomToken()}`;
  await Deno.writeTextFile(draft, `${randomToken()}\n`, { mode: 0o600 });
  try {
    // Unlike a renamed file, a link replaces none.
    await Deno.link(draft, file);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  } finally {
    await Deno.remove(draft);
  }
  return await readKey(file) ?? await readOrMakeKey(folder);
}

async function readKey(file: string): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(file)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
