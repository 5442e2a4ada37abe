import { TaskError } from "@/lib/cli/errors.ts";
import { messageOf } from "@/lib/message_of.ts";
import { findListener } from "./processes.ts";

/** Where a server listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Checks that a server can listen at a place and that nobody else does.
 *
 * @throws {TaskError} that says what is in the way.
 */
export async function assertPortFree({ host, port }: Place): Promise<void> {
  try {
    Deno.listen({ hostname: host, port }).close();
  } catch (error) {
    throw new TaskError(await reasonOf(error, { host, port }), { cause: error });
  }
}

async function reasonOf(error: unknown, { host, port }: Place): Promise<string> {
  if (error instanceof Deno.errors.AddrInUse) {
    const holder = await findListener(port);
    const who = holder === undefined ? "another process" : holder;
    return `Port ${port} is taken by ${who}: stop it, or set PORT to another port`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `HOST is ${host}, which is not an address of this machine: set HOST to one of its addresses`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `This account may not listen on port ${port}: set PORT to one above 1023`;
  }
  return `Cannot listen on port ${port} of HOST ${host}: ${messageOf(error)}`;
}
