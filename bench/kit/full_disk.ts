/**
 * Puts a disk without room over a folder until it is disposed; what the folder holds is out of
 * sight so long. Needs root.
 *
 * @throws {Error} if this machine lets nobody mount.
 */
export async function fillDisk(
  folder: string,
  owner: { readonly uid: number | null; readonly gid: number | null },
): Promise<AsyncDisposable> {
  // One page, and thousands of names: folders fit, files do not.
  const options = `size=4k,nr_inodes=4096,mode=755,uid=${owner.uid},gid=${owner.gid}`;
  await run("mount", ["-t", "tmpfs", "-o", options, "roster", folder]);
  // Whoever still has a file open there, such as a session of the server, does not hold it up.
  return { [Symbol.asyncDispose]: () => run("umount", ["--lazy", folder]) };
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}
