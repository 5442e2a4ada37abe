import { password } from "@inquirer/prompts";
import type { Field } from "@/lib/shared/form.ts";
import { resetPasswordForm } from "@/lib/shared/sign_in_forms.ts";
import { UsageError } from "./errors.ts";

/** Reads a new password: twice at a terminal, else from stdin. @throws {UsageError} if they differ. */
export async function readNewPassword(): Promise<string> {
  if (!Deno.stdin.isTerminal()) return await readPassword();
  const first = await askPassword("New password", resetPasswordForm.password);
  const second = await askPassword("New password again", resetPasswordForm.password2);
  if (first !== second) throw new UsageError("The two passwords differ");
  return first;
}

/** Asks for a password at the terminal. */
export function askPassword(message: string, field: Field<string>): Promise<string> {
  return password({ message, mask: "*", validate: (text) => faultOf(field, text) ?? true });
}

/** Reads a password from stdin, without the line break that `echo` and editors add. */
export async function readPassword(): Promise<string> {
  const text = await new Response(Deno.stdin.readable).text();
  return text.replace(/\r?\n$/, "");
}

/** Returns what is wrong with an input, if anything. */
export function faultOf(field: Field<string>, text: string): string | undefined {
  const checked = field.read(text);
  return "error" in checked ? checked.error : undefined;
}
