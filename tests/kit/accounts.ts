/** The numbers of an account of this machine. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Looks up an account in `/etc/passwd`.
 *
 * @throws {Error} if there is no such account.
 */
export async function findAccount(name: string): Promise<Account> {
  const lines = (await Deno.readTextFile("/etc/passwd")).split("\n");
  const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`No account "${name}" here`);
  return { uid: Number(uid), gid: Number(gid) };
}
