/**
 * Mounts a full disk over a folder until it is disposed. The folder's content is hidden meanwhile.
 * Needs root.
 *
 * @throws {Error} if this machine does not allow mounting.
 */
export async function fillDisk(
  folder: string,
  owner: { readonly uid: number | null; readonly gid: number | null },
): Promise<AsyncDisposable> {
  // One page, and thousands of names: folders fit, files do not.
  const options = `size=4k,nr_inodes=4096,mode=755,uid=${owner.uid},gid=${owner.gid}`;
  await run("mount", ["-t", "tmpfs", "-o", options, "roster", folder]);
  // A lazy unmount works even if a process, such as a session of the server, has a file open there.
  return { [Symbol.asyncDispose]: () => run("umount", ["--lazy", folder]) };
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}
